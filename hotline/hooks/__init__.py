"""Signed webhooks: every ticket event goes to the systems that asked for it, at least once."""

from hotline.hooks.service import (
    Call,
    Hook,
    add,
    calls,
    counts,
    every,
    get,
    given_up,
    pause,
    remove,
    resume,
    rotate,
    run,
    send_again,
)

__all__ = [
    "Call",
    "Hook",
    "add",
    "calls",
    "counts",
    "every",
    "get",
    "given_up",
    "pause",
    "remove",
    "resume",
    "rotate",
    "run",
    "send_again",
]
