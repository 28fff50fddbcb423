"""An encrypted stream: gzip inside AES-256-GCM, piece by piece, so that neither side holds the whole in memory.

Each piece's nonce is its number, and the last one is marked: pieces cannot be swapped, left out or cut off unseen.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hotline.backups.errors import Unreadable

PIECE = 1 << 20
TAG = 16


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


class Writer:
    """Lines go in, an encrypted file comes out; `close` marks the end."""

    def __init__(self, file: BinaryIO, key: AESGCM, header: bytes) -> None:
        self._file = file
        self._key = key
        self._header = header
        self._zip = zlib.compressobj(1)
        self._waiting = bytearray()
        self._number = 0

    def line(self, text: str) -> None:
        self._waiting += self._zip.compress(text.encode("utf-8", "surrogatepass") + b"\n")
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]

    def close(self) -> None:
        self._waiting += self._zip.flush()
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        self._put(bytes(self._waiting), is_last=True)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._key.encrypt(_nonce(self._number, is_last), piece, self._header))
        self._number += 1


def lines(file: BinaryIO, key: AESGCM, header: bytes) -> Iterator[str]:
    """The lines again; raises Unreadable at the first piece that is not what was written."""
    rest = b""
    unzip = zlib.decompressobj()
    for piece in _pieces(file, key, header):
        text = io.BytesIO(rest + unzip.decompress(piece))
        rest = b""
        for line in text:
            if line.endswith(b"\n"):
                yield line[:-1].decode("utf-8", "surrogatepass")
            else:
                rest = line
    if rest or not unzip.eof:
        raise Unreadable("the backup ends in the middle of a line: take another one")


def _pieces(file: BinaryIO, key: AESGCM, header: bytes) -> Iterator[bytes]:
    number, piece = 0, file.read(PIECE + TAG)
    while True:
        following = file.read(PIECE + TAG)
        try:
            yield key.decrypt(_nonce(number, not following), piece, header)
        except (InvalidTag, ValueError) as error:
            raise Unreadable(f"piece {number} of the backup is damaged or missing: take another backup") from error
        if not following:
            return
        number, piece = number + 1, following
