"""`./gongyou` finds interpreters that really run, and says exactly what to install when there is none."""

import importlib.machinery
import importlib.util
import os
import stat
from pathlib import Path
from types import ModuleType

import pytest

from kit.settings import ROOT


@pytest.fixture
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("gongyou_script", str(ROOT / "gongyou"))
    spec = importlib.util.spec_from_loader("gongyou_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_a_shim_that_does_not_run_is_passed_over(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "bin" / "python3.10", "echo 'pyenv: python3.10: command not found' >&2; exit 127")
    real = program(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python", "echo 3 10")
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + os.pathsep + "/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))

    assert script.find_python(((3, 10),)) == str(real)


def test_without_one_the_error_says_what_to_install(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))

    with pytest.raises(SystemExit, match=r"pyenv install 3\.10"):
        script.find_python(((3, 10),))


def test_an_environment_of_another_lock_is_not_current(script: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "app.txt"
    lock.write_text("one")
    env = tmp_path / "env"
    program(env / "bin" / "python", "echo 3 11")
    (env / "gongyou-stamp.json").write_text(f'{{"app.txt": "{script.digest(lock)}"}}')

    assert script.is_current(env, lock)
    lock.write_text("two")
    assert not script.is_current(env, lock)


def test_a_mirror_that_only_pip_knows_is_handed_on(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)

    assert script.as_pip_is_set(ROOT / ".envs" / "tools")["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
