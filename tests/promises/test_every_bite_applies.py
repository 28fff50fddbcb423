"""A patch that breaks a promise on purpose must fit the code of today, or nobody would notice that it bites no more."""

import subprocess
from pathlib import Path

import pytest

from kit.settings import ROOT

BITES = sorted((Path(__file__).parent / "bites").glob("*.patch"))


@pytest.mark.parametrize("patch", BITES, ids=lambda patch: patch.stem)
def test_the_patch_fits(patch: Path) -> None:
    fits = subprocess.run(
        ["git", "apply", "--check", str(patch)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert fits.returncode == 0, fits.stderr
