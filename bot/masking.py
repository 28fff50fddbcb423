"""Masks numbers that identify a person before anything is stored (DESIGN decision 10).

A number is masked for what it is (its check digit holds, its form is a phone's), so that sums of money and dates stay.
The masked text has the length of the original: positions found in it later still fit.
"""

from __future__ import annotations

import re

_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
_RUN = re.compile(r"(?<![\d０-９])[\d０-９](?:[ \-－]?[\d０-９]){9,20}[XxＸｘ]?(?![\d０-９])")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PHONE = re.compile(r"(?:86)?1[3-9]\d{9}$")


def _is_identity_card(digits: str) -> bool:
    if not re.fullmatch(r"[1-9]\d{16}[\dXx]", digits):
        return bool(re.fullmatch(r"[1-9]\d{7}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}", digits))
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == digits[17].upper() or digits[6:8] in ("19", "20")


def _is_bank_card(digits: str) -> bool:
    if not re.fullmatch(r"[3-6]\d{14,18}", digits):
        return False
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 or len(digits) in (16, 19)


def mask(text: str, *, keep_phone: bool = False) -> str:
    """The text with identity-card, bank-card and (unless asked for) phone numbers blanked by stars."""

    def blank(match: re.Match[str]) -> str:
        digits = re.sub(r"[ \-－]", "", match[0]).translate(_FULL_WIDTH)
        if _PHONE.fullmatch(digits):
            return match[0] if keep_phone else _stars(match[0], 3, 2)
        if _is_identity_card(digits) or _is_bank_card(digits):
            return _stars(match[0], 0, 0)
        return match[0]

    return _RUN.sub(blank, text)


def _stars(text: str, head: int, tail: int) -> str:
    end = len(text) - tail
    return text[:head] + "*" * (end - head) + text[end:]
