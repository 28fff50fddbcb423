"""Passwords by the rules of ASVS 5: long enough, not a common one, no rules of composition and no forced change."""

from __future__ import annotations

import functools
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hotline.console.errors import Refused

SHORTEST, LONGEST = 12, 128
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


def hash_of(password: str) -> str:
    return _hasher.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Compare even when there is no such operator, so that the time taken tells nothing."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def check(password: str, login: str, name: str) -> None:
    """Refuse what a guesser tries first; the words say what to choose instead."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"密码要{SHORTEST}到{LONGEST}位，可以是一句自己记得住的话")
    plain = password.casefold().replace(" ", "")
    if any(len(word) >= 3 and word.casefold() in plain for word in (login, name)):
        raise Refused("密码里不要带登录名或姓名")
    if len(set(plain)) < 5 or _stem(plain) in _common() or plain in _common():
        raise Refused("这个密码太常见，容易被猜到；换一句别人想不到的话")


def _stem(plain: str) -> str:
    """The word before the digits and marks that people hang on to reach the length."""
    return plain.strip("0123456789!@#$%^&*.-_+=?,，。！")


@functools.lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
