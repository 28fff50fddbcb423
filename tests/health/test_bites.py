"""The patches that break the promises still apply, and each names tests that exist."""

import subprocess
from pathlib import Path

import pytest

from kit.settings import ROOT
from scripts.promises import files_of as files_of_promise
from scripts.promises import promises
from scripts.promises_bite import BITES
from scripts.promises_bite import files_of as files_of_bite

PATCHES = sorted(BITES.glob("*.patch"))


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_a_bite_applies_and_has_its_test(patch: Path) -> None:
    checked = subprocess.run(["git", "apply", "--check", str(patch)], cwd=ROOT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr
    assert f"P{int(patch.name[1:3])}" in promises()
    assert files_of_bite(patch)
    for test in files_of_bite(patch):
        assert (ROOT / test.partition("::")[0]).is_file()


def test_what_promises_name_exists() -> None:
    for promise in promises():
        for name in files_of_promise(promise):
            assert (ROOT / name).is_file(), f"{promise}: {name}"
