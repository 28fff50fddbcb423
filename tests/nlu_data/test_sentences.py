"""The training sentences: enough of them, all different, none taken from what the project is measured on.

Likeness is counted in runs of three characters (Dice: twice the shared runs over all runs of both), on texts without
punctuation. Short lines ("不要", "先不要") share most of their runs by nature: only lines of some length are compared.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
import yaml

from hotline.policy.entries import entry_of
from hotline.policy.heard import heard
from kit.settings import ROOT
from knowledge.lint_asks import normalised
from knowledge.loader import shipped
from knowledge.spelling import plain as spelled

TOPICS = {
    "wages": 200,
    "hours": 90,
    "contract": 190,
    "termination": 190,
    "dispatch": 90,
    "insurance": 190,
    "injury": 190,
    "women": 90,
    "union": 90,
    "collective": 90,
    "dispute": 90,
    "aid": 90,
    "platform": 90,
}
CONTROL = {
    "affirm": 40,
    "deny": 40,
    "cancel": 40,
    "repeat": 40,
    "unclear": 40,
    "complain_bot": 40,
    "why_law": 40,
    "more_detail": 40,
    "shorter": 40,
    "wrong_answer": 40,
    "useful": 40,
    "not_useful": 40,
    "status_query": 40,
    "privacy": 40,
    "remind_stop": 40,
}
MINIMUM = {
    **TOPICS,
    **CONTROL,
    "human": 100,
    "crisis": 140,
    "chitchat": 120,
    "oos": 600,
    "give_fact": 150,
    "followup": 80,
}
TOTAL = 3000
LABELLED = 3000  # sentences whose card is known
COMPARED_FROM = 6
NEAR = 0.6
COPIED = 0.8
QUESTIONS = ROOT / "tests" / "questions"


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


@cache
def runs(text: str) -> frozenset[str]:
    bare = plain(text)
    return frozenset(bare[i : i + 3] for i in range(len(bare) - 2)) or frozenset((bare,))


@cache
def sentences() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "nlu_data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            found[block["intent"]] += [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
    return dict(found)


def near(
    lines: list[str], others: list[str] | None, share: float, shortest: int = COMPARED_FROM
) -> list[tuple[str, str]]:
    """The pairs that share more than `share` of their runs: within `lines`, or between them and `others`."""
    pool = lines if others is None else others
    by_run: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(pool):
        if len(plain(line)) >= shortest:
            for run in runs(line):
                by_run[run].append(number)
    pairs = []
    for place, line in enumerate(lines):
        mine = runs(line)
        common = Counter(number for run in mine for number in by_run.get(run, ()))
        for number, count in common.items():
            if (others is None and number >= place) or len(plain(line)) < shortest:
                continue
            if 2 * count > share * (len(mine) + len(runs(pool[number]))):
                pairs.append((line, pool[number]))
    return pairs


def committed(name: str) -> list[str]:
    return [line["text"] for line in yaml.safe_load((QUESTIONS / name).read_text(encoding="utf-8"))]


def measured() -> list[str]:
    """The real questions the project is judged by, where this machine has them: never part of the checkout."""
    named = os.environ.get("GONGYOU_TEST_EVAL")
    folders = [Path(named)] if named else [ROOT.parent / "shared" / "eval", ROOT.parent.parent / "shared" / "eval"]
    lines = [
        line for folder in folders for path in sorted(folder.glob("*.jsonl")) for line in path.read_text().splitlines()
    ]
    return [json.loads(line)["text"] for line in lines if line.strip()]


def test_there_are_enough_sentences() -> None:
    counts = {intent: len(lines) for intent, lines in sentences().items()}

    assert sum(counts.values()) >= TOTAL
    assert {intent: counts.get(intent, 0) for intent, least in MINIMUM.items() if counts.get(intent, 0) < least} == {}


def test_a_sentence_has_one_intent_and_stands_once() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for intent, lines in sentences().items():
        for line in lines:
            places[plain(line) or line].append(intent)

    assert {line: intents for line, intents in places.items() if len(intents) > 1} == {}


@pytest.mark.parametrize("intent", sorted(MINIMUM))
def test_no_two_sentences_of_an_intent_are_nearly_the_same(intent: str) -> None:
    assert near(sentences()[intent], None, NEAR) == []


def test_the_card_beside_a_sentence_exists_and_is_of_its_topic() -> None:
    """What search hears again must lead to a card that is served, under the topic that the model learns."""
    served = {card.id for card in shipped().versions.values() if card.status == "published"}
    groups = [
        (block["intent"], block["metadata"]["card"])
        for path in sorted((ROOT / "nlu_data" / "nlu").glob("*.yml"))
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if "metadata" in block
    ]

    assert [card for _, card in groups if card not in served] == []
    assert [(intent, card) for intent, card in groups if card.split(".")[0] != intent] == []
    assert sum(map(len, heard().values())) >= LABELLED


def test_a_sentence_of_a_special_card_speaks_of_its_special_case() -> None:
    """Without a cue the card would not be the first answer to the very sentence (docs/decisions/0047)."""
    special = [entry_of(card) for card in shipped().versions.values() if card.cues]

    lines = [(line, card) for card in special for line in heard().get(card.id, ())]

    assert {line: card.id for line, card in lines if not card.may_be_meant(spelled(line))} == {}


def test_no_sentence_stands_among_the_lines_of_a_card_too() -> None:
    """A held-out line must not come back in through here, and none is learned twice."""
    asked = {normalised(line) for card in shipped().versions.values() for line in (card.title, *card.ask)}

    assert [line for lines in sentences().values() for line in lines if normalised(line) in asked] == []


def test_one_topic_sentence_in_eight_is_formal() -> None:
    """Lawyers and officials ask too: their words are nominal and long, without a question particle of speech."""
    signs = re.compile("用人单位|劳动者|职工|的认定|的效力|的处理|的适用|的规定|的范围|条件|标准|责任|情形|程序|救济")
    lines = [line for topic in TOPICS for line in sentences()[topic]]
    formal = [line for line in lines if len(line) >= 10 and signs.search(line)]

    assert len(formal) / len(lines) >= 0.12


def test_no_line_holds_the_marks_rasa_reads_as_entities() -> None:
    assert [line for lines in sentences().values() for line in lines if re.search(r"[\[\]{}]", line)] == []


@pytest.mark.parametrize("name", ["crisis.yml", "small.yml", "plain.yml"])
def test_nothing_is_taken_from_the_committed_questions(name: str) -> None:
    share = NEAR if name == "crisis.yml" else COPIED
    questions = committed(name)
    known = {plain(question) for question in questions}
    lines = [line for lines in sentences().values() for line in lines]

    assert [line for line in lines if plain(line) in known] == []
    assert near(lines, questions, share, shortest=4) == []


def test_nothing_is_taken_from_the_questions_the_project_is_judged_by() -> None:
    questions = measured()
    if not questions:
        pytest.skip("the evaluation files are not on this machine")
    lines = [line for lines in sentences().values() for line in lines]
    known = {plain(question) for question in questions}

    assert [line for line in lines if len(plain(line)) >= COMPARED_FROM and plain(line) in known] == []
    assert near(lines, questions, COPIED) == []
