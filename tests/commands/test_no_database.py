"""A command on a machine where nothing was made yet says what to do, and shows no trace."""

from pathlib import Path

import pytest

from tests.support.stack import Stack

NOBODY_THERE = "postgresql://127.0.0.1:9/gongyou"


@pytest.mark.parametrize("words", [("audit", "verify"), ("token", "list"), ("rota", "show")])
def test_a_database_without_tables(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = Stack(tmp_path / "new").command(*words)

    assert done.returncode == 1
    assert "./gongyou db upgrade" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    done = Stack(tmp_path, DATABASE_URL=NOBODY_THERE).command("token", "list")

    assert done.returncode == 1
    assert "./gongyou doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_made_up_month_makes_its_database(tmp_path: Path) -> None:
    done = Stack(tmp_path / "new").command("demo")

    assert done.returncode == 0, done.stderr
    assert "made-up tickets of a month" in done.stdout
