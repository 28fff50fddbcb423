"""How often a promise is tested: a few rounds in every run of the tests, the full counts under `make promises`."""

from __future__ import annotations

import os
from collections.abc import Callable

Record = Callable[[str, object], None]  # pytest's record_property
IS_FULL = os.environ.get("GONGYOU_PROMISES") == "full"


def count(short: int, full: int) -> int:
    return full if IS_FULL else short
