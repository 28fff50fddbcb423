"""Finds sealed text by its words: each neighbouring pair of characters is stored as a keyed hash.

Pairs and not words, because a pair is found whatever the words around it were cut into; all pairs of what was asked
must be there, which is nearly a search for the phrase.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hotline.tickets.tables import TicketWordRow
from kit.settings import derived_secret

_HAN = re.compile(r"[一-鿿]+")
_LATIN = re.compile(r"[0-9a-z]{2,}")
MOST = 400  # pairs of one text; a longer text is found by its beginning


def index(session: Session, ticket_id: int, *texts: str) -> None:
    """Make a ticket findable by these texts."""
    found = {word for text in texts for word in hashes(text)}
    if not found:
        return
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(TicketWordRow)
    rows = [{"word": word, "ticket_id": ticket_id} for word in sorted(found)]
    session.execute(insert.on_conflict_do_nothing(), rows)


def hashes(text: str) -> list[int]:
    """The keyed hashes of a text's pairs and of its numbers and Latin words, each once."""
    key = derived_secret("ticket_words").encode()
    return [_hash(word, key) for word in list(dict.fromkeys(_pairs(text)))[:MOST]]


def holding(asked: str) -> list[Select[int]]:
    """For each pair of what was asked the tickets that hold it; empty when nothing can be asked for."""
    return [select(TicketWordRow.ticket_id).where(TicketWordRow.word == word) for word in hashes(asked)]


def _pairs(text: str) -> Iterable[str]:
    folded = text.casefold()
    for run in _HAN.findall(folded):
        yield from (run[at : at + 2] for at in range(len(run) - 1))
    yield from _LATIN.findall(folded)


def _hash(word: str, key: bytes) -> int:
    digest = hashlib.blake2b(word.encode(), key=key, digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
