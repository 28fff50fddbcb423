"""The rules of the spaCy pipeline are what the policy base gives today."""

import json
import subprocess
import sys

from kit.settings import ROOT


def test_the_generated_words_are_fresh() -> None:
    command = [sys.executable, ROOT / "scripts" / "make_spacy.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stdout


def test_every_rule_names_what_it_means() -> None:
    lines = (ROOT / "nlu_data" / "spacy" / "terms.jsonl").read_text(encoding="utf-8").splitlines()
    rules = [json.loads(line) for line in lines]

    assert {rule["label"] for rule in rules} == {"industry", "relation", "law"}
    assert all(rule["id"] and rule["pattern"] == rule["pattern"].lower() for rule in rules)
