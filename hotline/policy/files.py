"""Which files of knowledge/data are records, and how the texts in force become a Base again.

The loader of knowledge reads folders and stays the only place that understands YAML; the texts of the database are
therefore laid out as the same folder for a moment. The tree of regions and the coverage lists ship with the program.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hotline.policy.errors import WrongData
from knowledge.base import Base
from knowledge.loader import DATA, read
from knowledge.words import Cutter, default_cutter

WORDS = ("words/labour.txt", "words/empty.txt", "words/synonyms.yml")
PATTERNS = (
    "cards/*/*.yml",
    "params/**/*.yml",
    "regions/CN*/*.yml",
    "regions/names.yml",
    "offices/*.yml",
    "laws/*.yml",
    "calendars/*.yml",
    "lists.yml",
    *WORDS,
)
KINDS = {
    "cards": "card",
    "params": "parameter",
    "regions": "region_fact",
    "offices": "office",
    "laws": "law",
    "calendars": "calendar",
}


@dataclass(frozen=True)
class Loaded:
    """A Base with the words that its search cuts by."""

    base: Base
    cutter: Cutter


def fingerprint(text: str) -> str:
    """Tells whether a text changed."""
    return hashlib.sha256(text.encode()).hexdigest()


def texts(root: Path) -> dict[str, str]:
    """Path below the data folder -> text, for every file that is a record."""
    found = sorted({path for pattern in PATTERNS for path in root.glob(pattern) if path.is_file()})
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}


def kind_of(path: str) -> str:
    return "list" if path == "regions/names.yml" else KINDS.get(path.split("/", maxsplit=1)[0], "list")


def key_of(path: str) -> str:
    """cards/wages/arrears.yml -> wages.arrears; everything else by its path with dots."""
    parts = list(PurePosixPath(path).with_suffix("").parts)
    return ".".join(parts[1:] if parts[0] in ("cards", "params") else parts)


def load_texts(bodies: Mapping[str, str]) -> Loaded:
    """The Base that these texts make, or WrongData."""
    with laid_out(bodies) as root:
        base, problems = read(root)
        cutter = _cutter(tuple(bodies.get(name, "") for name in WORDS), root / "words")
    if problems:
        raise WrongData("\n".join(str(problem) for problem in problems[:20]))
    return Loaded(base, cutter)


_cutters: dict[tuple[str, ...], Cutter] = {}


def _cutter(words: tuple[str, ...], folder: Path) -> Cutter:
    """A dictionary takes a fifth of a second to build; it is kept until the word lists change."""
    if words not in _cutters:
        _cutters.clear()
        _cutters[words] = Cutter(folder) if all(words) else default_cutter()
    return _cutters[words]


@contextmanager
def laid_out(bodies: Mapping[str, str]) -> Iterator[Path]:
    """A folder like knowledge/data that lives for the moment."""
    with tempfile.TemporaryDirectory(prefix="gongyou-policy-") as folder:
        root = Path(folder) / "data"
        for path, body in bodies.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(body, encoding="utf-8")
        (root / "regions").mkdir(parents=True, exist_ok=True)
        (root / "regions" / "tree").symlink_to(DATA / "regions" / "tree", target_is_directory=True)
        (root / "coverage").symlink_to(DATA / "coverage", target_is_directory=True)
        yield root
