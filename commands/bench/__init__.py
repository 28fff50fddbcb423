"""`./gongyou bench NAME`: speed, always as figures of one run measured side by side."""

from __future__ import annotations

import importlib
import sys

NAMES = ("turn", "search", "ack", "outbox", "tickets", "desk", "scale")


def app() -> None:
    """Load only the asked benchmark: each has a typer application called `app`."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in NAMES:
        raise SystemExit(f"usage: ./gongyou bench {{{','.join(NAMES)}}} [--help]")
    sys.argv = [f"./gongyou bench {name}", *sys.argv[2:]]
    importlib.import_module(f"commands.bench.{name}").app()
