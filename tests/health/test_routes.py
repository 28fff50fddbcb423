"""What Rasa's rules say and what actions/routes.py says is the same."""

import yaml

from actions.routes import ACTION_OF_INTENT, ACTIONS
from kit.settings import ROOT


def test_rules_and_routes_agree() -> None:
    rules = yaml.safe_load((ROOT / "nlu_data" / "rules" / "routes.yml").read_text(encoding="utf-8"))["rules"]
    in_rasa = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules}

    assert in_rasa == ACTION_OF_INTENT


def test_the_domain_knows_every_intent_and_action() -> None:
    domain = yaml.safe_load((ROOT / "bot" / "dialogue" / "domain" / "domain.yml").read_text(encoding="utf-8"))

    assert set(domain["intents"]) == set(ACTION_OF_INTENT)
    assert set(domain["actions"]) == set(ACTIONS)
