"""The signature of a webhook: HMAC-SHA256 over timestamp and body, so that neither can be changed or replayed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

SIGNATURE, TIMESTAMP, DELIVERY = "x-gongyou-signature", "x-gongyou-timestamp", "x-gongyou-delivery"
TOLERANCE = 300


def sign(secret: str, timestamp: str, body: bytes) -> str:
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def headers(secrets: Sequence[str], delivery: str, timestamp: str, body: bytes) -> dict[str, str]:
    """While a secret is being changed there are two signatures, with a comma."""
    signatures = ",".join(sign(secret, timestamp, body) for secret in secrets)
    return {
        "content-type": "application/json",
        "user-agent": "gongyou",
        DELIVERY: delivery,
        TIMESTAMP: timestamp,
        SIGNATURE: signatures,
    }


def is_right(secret: str, given: str, timestamp: str, body: bytes, now: float) -> bool:
    """What a receiver does: the reference for docs/api.md and for our tests."""
    fresh = timestamp.isdecimal() and abs(now - int(timestamp)) <= TOLERANCE
    expected = sign(secret, timestamp, body)
    return fresh and any(hmac.compare_digest(expected, one.strip()) for one in given.split(","))
