"""Runs a command in a process of its own, as an administrator would on another machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kit.settings import ROOT


def gongyou(data: Path, *arguments: str, database_url: str = "") -> subprocess.CompletedProcess[str]:
    """One command of ours with another GONGYOU_DATA."""
    own = {"GONGYOU_DATA": str(data), "DATABASE_URL": database_url, "KEYS_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", "commands", *arguments],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
