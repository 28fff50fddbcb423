"""The small made-up base that the tests of knowledge/ share."""

from functools import lru_cache
from pathlib import Path

from knowledge.base import Base
from knowledge.loader import load

FOLDER = Path(__file__).parent / "fixtures" / "base"


@lru_cache(maxsize=1)
def sample() -> Base:
    return load(FOLDER)
