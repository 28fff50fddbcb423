"""What runs inside Rasa is tested inside Rasa's own environment: each script beside this prints `ok` or fails."""

import subprocess
from pathlib import Path

import pytest

from commands.train import rasa_environment
from kit.settings import ROOT, settings

SCRIPTS = sorted((Path(__file__).parent / "in_rasa").glob("*.py"))

pytestmark = pytest.mark.rasa


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_inside_rasa(script: Path) -> None:
    python = settings().envs / "rasa" / "bin" / "python"
    done = subprocess.run(
        [str(python), str(script)], cwd=ROOT, env=rasa_environment(), capture_output=True, text=True, timeout=120
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip().endswith("ok")
