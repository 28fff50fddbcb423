"""Turns txt, Markdown, docx, pdf and html files into plain text, in a process of its own with limits.

A file from outside may be broken or hostile: a zip that unpacks to gigabytes, a page nested a million deep. The parser
therefore runs in a subprocess that may use so much time and memory and no more; what goes wrong there is a
`ReaderError` here, and nothing has changed.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from hotline.policy.errors import PolicyError

ROOT = Path(__file__).resolve().parents[2]
KINDS = (".txt", ".md", ".docx", ".pdf", ".html", ".htm")


class ReaderError(PolicyError):
    """The file cannot be read; the message begins with its name and says what to do."""


@dataclass(frozen=True)
class Limits:
    """What one file may cost. The defaults are ten times what the largest law needs."""

    file_bytes: int = 25_000_000
    text_bytes: int = 8_000_000
    seconds: int = 20
    memory_bytes: int = 1_500_000_000


def read_text(path: Path, limits: Limits = Limits()) -> str:
    """The text of a file, or a ReaderError."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise ReaderError(f"{path.name}: {kind or 'no ending'} is not read; use one of {', '.join(KINDS)}")
    if not path.is_file():
        raise ReaderError(f"{path.name}: there is no such file")
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise ReaderError(f"{path.name}: {size:,} bytes is more than {limits.file_bytes:,}; split the file")
    command = [sys.executable, "-m", "hotline.policy.reader_process", str(path.resolve()), kind]
    command += [str(limits.seconds), str(limits.memory_bytes), str(limits.text_bytes)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.seconds + 10, cwd=ROOT, check=False)
    except subprocess.TimeoutExpired as late:
        raise ReaderError(f"{path.name}: not read within {limits.seconds} s; save it as txt and try again") from late
    if done.returncode == 3:
        raise ReaderError(f"{path.name}: {done.stderr.decode('utf-8', 'replace').strip()}")
    if done.returncode != 0:
        raise ReaderError(
            f"{path.name}: the file is broken or took more time or memory than allowed; save it as txt and try again"
        )
    return done.stdout.decode("utf-8")
