"""A number that a worker can read over the phone, and the short code that proves the ticket is his.

20261121-0042-7: date, counter, check digit (the weights make a wrong digit and two swapped neighbours show).
"""

from __future__ import annotations

import re
import secrets
from datetime import date

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hotline.tickets.tables import TicketCounterRow

_CODE_DIGITS = "23456789"  # no 0 and 1: they are misheard and misread
_NUMBER = re.compile(r"(\d{8})\D?(\d{4,6})\D?(\d)$")


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10: finds every single wrong digit and nearly every swap."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def next_number(session: Session, day: date) -> str:
    """The next number of the day; the counter row serialises two who ask at once."""
    key = day.strftime("%Y%m%d")
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(TicketCounterRow)
    session.execute(insert.values(day=key, used=0).on_conflict_do_nothing())
    used = session.execute(
        update(TicketCounterRow)
        .where(TicketCounterRow.day == key)
        .values(used=TicketCounterRow.used + 1)
        .returning(TicketCounterRow.used)
    ).scalar_one()
    digits = f"{key}{used:04d}"
    return f"{key}-{used:04d}-{check_digit(digits)}"


def normalise(number: str) -> str | None:
    """The number as we write it, or None when it was misheard (its check digit is wrong)."""
    match = _NUMBER.search(number.strip())
    if match is None or check_digit(match[1] + match[2]) != match[3]:
        return None
    return f"{match[1]}-{match[2]}-{match[3]}"


def new_code() -> str:
    return "".join(secrets.choice(_CODE_DIGITS) for _ in range(4))
