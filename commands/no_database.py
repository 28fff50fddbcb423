"""What to do when a command meets a database that is not there, does not answer or has no tables yet."""

from __future__ import annotations

from psycopg.errors import UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

EMPTY = ("no such table", "unable to open database file")


def advice(error: Exception) -> str | None:
    """None for every other error: those are ours, and their trace is wanted."""
    if not isinstance(error, OperationalError | ProgrammingError):
        return None
    said = str(error.orig).strip().partition("\n")[0]
    if isinstance(error.orig, UndefinedTable) or said.startswith(EMPTY):
        return f"the database is not made yet ({said}): ./gongyou db upgrade makes it, ./gongyou up starts everything"
    if isinstance(error, OperationalError):
        return f"the database does not answer ({said}): ./gongyou doctor looks at it"
    return None
