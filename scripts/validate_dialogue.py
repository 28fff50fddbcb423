"""Rasa's own check of domain, rules and training data, warnings counting as errors."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from commands import training_data
from commands.train import copy_training_data, rasa_environment
from kit.settings import ROOT, settings


def main() -> int:
    rasa = settings().envs / "rasa" / "bin" / "rasa"
    if not rasa.exists():
        print("   (the rasa environment is not built: ./gongyou env)")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        data = copy_training_data(Path(folder), training_data.from_cards())
        command = [str(rasa.absolute()), "data", "validate", "--fail-on-warnings", "--domain", "bot/dialogue/domain"]
        command += ["--data", str(data), "--config", "config.yml"]
        done = subprocess.run(command, cwd=ROOT, env=rasa_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:])
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
