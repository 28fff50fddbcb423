"""How long a text message is: parts are what a city pays for, so an answer has at most three."""

from __future__ import annotations

MOST_PARTS = 3
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")


def is_gsm(text: str) -> bool:
    return all(c in _GSM or c in _GSM_DOUBLE for c in text)


def units(text: str) -> int:
    """Septets for a text in the GSM alphabet, else UTF-16 units (UCS-2), which every Chinese character needs."""
    if is_gsm(text):
        return sum(2 if c in _GSM_DOUBLE else 1 for c in text)
    return len(text.encode("utf-16-be", "surrogatepass")) // 2


def parts(text: str) -> int:
    """One part holds 160 or 70; of several each gives 7 or 3 units to the header that joins them."""
    whole, joined = (160, 153) if is_gsm(text) else (70, 67)
    count = units(text)
    return 1 if count <= whole else -(-count // joined)
