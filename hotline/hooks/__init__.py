"""Signed webhooks: every ticket event goes to the systems that asked for it, at least once."""

from hotline.hooks.service import Hook, add, calls, every, remove, rotate, run, send_again

__all__ = ["Hook", "add", "calls", "every", "remove", "rotate", "run", "send_again"]
