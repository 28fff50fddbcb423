"""Files and functions stay readable: 400 lines a file, 60 lines a function, with no exceptions so far."""

import ast
from pathlib import Path

import pytest

from kit.settings import ROOT

PACKAGES = ("kit", "bot", "actions", "knowledge", "hotline", "commands", "scripts")
FILES = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py")) if "versions" not in path.parts]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_can_be_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{path.name}: {node.name}"
