"""The process that parses one file: `python -m hotline.policy.reader_process PATH KIND SECONDS MEMORY TEXT`.

Exit 3 with a sentence on stderr where we know what is wrong; anything else is a crash or a limit.
"""

from __future__ import annotations

import logging
import resource
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

UNPACKED = 60_000_000
PAGES = 600


class Refused(Exception):
    """Known trouble with the file, in words for the person who chose it."""


def from_text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        odd = sum(
            1 for char in text[:20_000] if (char < " " and char not in "\t\n\r\f") or "\ue000" <= char <= "\uf8ff"
        )
        if odd > len(text[:20_000]) / 100:
            break
        return text
    raise Refused("this is not a text file in UTF-8 or GB18030")


def from_docx(path: Path) -> str:
    import docx
    from docx.table import Table

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED:
                raise Refused("the docx unpacks to more than 60 MB; save only its text")
        document = docx.Document(str(path))
    except (zipfile.BadZipFile, KeyError, ValueError) as broken:
        raise Refused("this is not a docx file, or it is damaged") from broken
    lines: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += ["\t".join(cell.text.strip() for cell in row.cells) for row in block.rows]
        else:
            lines.append(block.text)
    return "\n".join(lines)


def from_pdf(path: Path) -> str:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted:
            raise Refused("the pdf is locked with a password")
        if len(reader.pages) > PAGES:
            raise Refused(f"the pdf has more than {PAGES} pages; split it")
        return "\n".join(page.extract_text() for page in reader.pages)
    except (pypdf.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise Refused("this is not a pdf file, or it is damaged") from broken


def from_html(path: Path) -> str:
    import trafilatura

    raw = path.read_bytes()
    if raw.count(b"<") > 400_000:
        raise Refused("the page has too many elements; save its text as txt")
    text = trafilatura.extract(raw, include_tables=True, include_comments=False, favor_recall=True)
    if not text:
        raise Refused("no article was found in the page; save its text as txt")
    return str(text)


PARSERS: dict[str, Callable[[Path], str]] = {
    ".txt": from_text,
    ".md": from_text,
    ".docx": from_docx,
    ".pdf": from_pdf,
    ".html": from_html,
    ".htm": from_html,
}


def main(path: str, kind: str, seconds: str, memory: str, most: str) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        text = PARSERS[kind](Path(path)).encode("utf-8", "replace")
        if len(text) > int(most):
            raise Refused(f"its text is longer than {int(most):,} bytes; split the file")
    except Refused as refused:
        sys.stderr.write(str(refused))
        return 3
    sys.stdout.buffer.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:6]))
