"""A command on a machine where nothing was made yet says what to do, and shows no trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit.settings import ROOT

NOBODY_THERE = "postgresql://127.0.0.1:9/gongyou"


def gongyou(folder: Path, *words: str, database: str = "") -> subprocess.CompletedProcess[str]:
    own = {"GONGYOU_DATA": str(folder), "DATABASE_URL": database, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "commands", *words],
        env={**os.environ, **own},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("words", [("audit", "verify"), ("token", "list"), ("rota", "show")])
def test_a_database_without_tables(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = gongyou(tmp_path / "new", *words)

    assert done.returncode == 1
    assert "./gongyou db upgrade" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    done = gongyou(tmp_path, "token", "list", database=NOBODY_THERE)

    assert done.returncode == 1
    assert "./gongyou doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_made_up_month_makes_its_database(tmp_path: Path) -> None:
    done = gongyou(tmp_path / "new", "demo")

    assert done.returncode == 0, done.stderr
    assert "made-up tickets of a month" in done.stdout
