"""What a file is, by its content: what it calls itself proves nothing. Nothing here is ever unpacked or run.

Only what a phone makes of a contract, a wage slip, a chat or a talk is taken. Archives and office files are not: they
can hold anything, and a photograph of them says the same.
"""

from __future__ import annotations

from collections.abc import Callable

MOST_BYTES = 5 * 1024 * 1024
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
    "audio/amr": "amr",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "video/mp4": "mp4",
}
_HEIC = (b"heic", b"heix", b"mif1", b"msf1")


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(marks)


_LOOKS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ("image/gif", _begins(b"GIF87a", b"GIF89a")),
    ("image/webp", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP"),
    ("audio/wav", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WAVE"),
    ("image/heic", lambda data: data[4:8] == b"ftyp" and data[8:12] in _HEIC),
    ("video/mp4", lambda data: data[4:8] == b"ftyp"),
    ("application/pdf", _begins(b"%PDF-")),
    ("audio/amr", _begins(b"#!AMR")),
    ("audio/ogg", _begins(b"OggS")),
    ("audio/mpeg", _begins(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
)


def media_type(data: bytes) -> str | None:
    """The type that the first bytes show, or None for what we do not take."""
    return next((name for name, looks in _LOOKS if looks(data)), None)


def safe_name(name: str, kind: str) -> str:
    """A name for a download: no path, no sign that a header or a shell could read otherwise."""
    last = name.replace("\\", "/").rpartition("/")[2]
    base = last.rpartition(".")[0] or last
    kept = "".join(c for c in base if c.isalnum() or c in " -_（）()").strip()[:60]
    return f"{kept or '文件'}.{ENDINGS[kind]}"
