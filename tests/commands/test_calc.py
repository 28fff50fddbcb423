"""`./gongyou calc` in the terminal."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from commands.calc import app

SEVERANCE = ["severance", "--hire", "2021-03-15", "--last-day", "2026-10-31", "--wage", "6800"]


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def test_the_example_of_the_readme() -> None:
    result = run(*SEVERANCE, "--region", "苏州")
    assert result.exit_code == 0 and "40,800.00 元" in result.output and "第47条" in result.output


def test_json_and_equals_sign() -> None:
    result = run("retirement_date", "--birth=1972-03", "--category=原55周岁女职工", "--json")
    assert json.loads(result.output)["result"]["retire_month"] == "2027-10"


def test_no_kind_lists_them() -> None:
    assert "unlawful_termination" in run().output


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        [*SEVERANCE, "--colour", "red"],
        [*SEVERANCE[:-1], "0.68"],
        [*SEVERANCE, "--region", "通州"],
        [*SEVERANCE, "x"],
    ],
)
def test_what_is_wrong_is_said(arguments) -> None:
    result = run(*arguments)
    assert result.exit_code == 1 and "gongyou:" in str(result.exception)


def test_a_kinds_help_names_its_fields() -> None:
    assert "--hire-date" in run("severance", "--help").output
