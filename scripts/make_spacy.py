"""Write the word lists of the spaCy pipeline from the policy base: nlu_data/spacy/terms.jsonl and words.txt.

    python scripts/make_spacy.py            write
    python scripts/make_spacy.py --check    exit 1 when a file is not what the policy base gives

terms.jsonl holds the entity rules for industries, relations and laws (places are in regions.jsonl, written by
make_lookups.py); words.txt is the dictionary that the segmenter gets. The pipeline itself is built from these files
inside Rasa's environment, at training time, because the two environments hold different versions of spaCy.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "knowledge" / "data"
WORD_LISTS = {"industry": "industries.yml", "relation": "relations.yml"}


def rules() -> list[dict[str, str]]:
    """One rule a spelling; `id` is what the rest of the project calls it."""
    found: dict[tuple[str, str], str] = {}
    for label, name in WORD_LISTS.items():
        for row in yaml.safe_load((DATA / "words" / name).read_text(encoding="utf-8")):
            for word in row["words"]:
                found.setdefault((label, word.lower()), row["id"])
    for path in sorted((DATA / "laws").glob("*.yml")):
        law = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for name in (law["short"], law["title"], *law.get("names", ())):
            if len(name) > 2:
                found.setdefault(("law", name.lower()), law["id"])
    return [{"label": label, "pattern": word, "id": own} for (label, word), own in sorted(found.items())]


def outputs() -> dict[Path, str]:
    terms = rules()
    labour = (DATA / "words" / "labour.txt").read_text(encoding="utf-8").split()
    words = sorted({rule["pattern"] for rule in terms} | set(labour))
    return {
        ROOT / "nlu_data" / "spacy" / "terms.jsonl": "".join(json.dumps(t, ensure_ascii=False) + "\n" for t in terms),
        ROOT / "nlu_data" / "spacy" / "words.txt": "".join(f"{word}\n" for word in words),
    }


def main(check: bool) -> int:
    stale = 0
    for path, text in outputs().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        if check:
            print(f"{path.relative_to(ROOT)}: not what the policy base gives; run python scripts/make_spacy.py")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
