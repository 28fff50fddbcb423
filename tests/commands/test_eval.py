"""`./gongyou eval` on made-up answers: what it counts, what it prints, and that a page cannot be scripted."""

import json
from pathlib import Path
from typing import Any

import pytest

from commands.eval import ask_all, summary
from commands.evaluate import measures, page
from commands.evaluate.measures import Answered, Share
from commands.evaluate.questions import BadQuestions, Question, read


def answered(question: Question, topic: str, sure: float = 0.9, **more: Any) -> Answered:
    return Answered(question, {"topic": topic, "confidence": sure, "kind": "answer", **more}, 0.02)


def test_reads_json_lines_and_our_yml(tmp_path: Path) -> None:
    lines = tmp_path / "some.jsonl"
    lines.write_text(json.dumps({"id": "a", "text": "问", "topic": "wages", "accept": ["wages", "dispute"]}) + "\n")
    ours = tmp_path / "own.yml"
    two = "- {text: 问二, topic: hours, card: [hours.x, hours.y]}\n- {text: 问三, label: lookalike}\n"
    ours.write_text(two, encoding="utf-8")

    assert read(lines) == [Question("a", "问", "wages", ("wages", "dispute"))]
    assert read(ours) == [
        Question("own-001", "问二", "hours", ("hours",), ("hours.x", "hours.y")),
        Question("own-002", "问三", alarm=False),
    ]


@pytest.mark.parametrize("text", ["text: x", "- 3", "- {text: x}", "- {topic: wages}", "- [", "- {text: 1, topic: a}"])
def test_a_bad_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadQuestions, match=r"bad\.yml"):
        read(path)


def test_shares_of_what_the_labels_allow() -> None:
    found = [
        answered(Question("1", "a", "wages", ("wages", "dispute"), ("wages.x",)), "dispute", card="dispute.y"),
        answered(Question("2", "b", "oos", ("oos",)), "oos"),
        answered(Question("3", "c", "hours", ("hours",)), "oos", 0.95),
        answered(Question("4", "d", alarm=True), "crisis", kind="crisis"),
        answered(Question("5", "e", alarm=False), "wages"),
    ]
    by_name = {one.name: (one.right, one.all) for one in measures.shares(found)}

    assert by_name["topic, any that serves"] == (2, 3)
    assert by_name["topic, the single best"] == (1, 3)
    assert by_name["not our business, recognised"] == (1, 1)
    assert by_name["labour questions rejected"] == (1, 2)
    assert by_name["card, first"] == (0, 1)
    assert by_name["crisis, recognised"] == (1, 1)
    assert by_name["look-alikes alarmed"] == (0, 1)
    assert measures.confusions(found) == [("hours", "oos", 1)]
    assert [one.question.id for one in measures.worst(found)] == ["3"]
    assert "hours as oos 1" in summary("x", found)
    assert "p95 20 ms" in summary("x", found)


def test_the_card_among_three_counts_the_shown_one_first() -> None:
    answer = {"card": "a.b", "cards": [{"id": "a.c", "score": 1}, {"id": "a.b", "score": 1}, {"id": "a.d", "score": 1}]}

    assert measures.card_ids(answer) == ["a.b", "a.c", "a.d"]


@pytest.mark.parametrize(
    ("right", "all_", "low", "high"), [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (96, 100, 0.902, 0.984)]
)
def test_wilsons_interval(right: int, all_: int, low: float, high: float) -> None:
    assert Share("x", right, all_).interval == pytest.approx((low, high), abs=0.001)


def test_calibration_covers_every_answer_once() -> None:
    found = [answered(Question(str(sure), "a", "wages", ("wages",)), "wages", sure) for sure in (0.0, 0.2, 0.95, 1.0)]

    assert sum(count for _, count, _, _ in measures.calibration(found)) == len(found)


def test_the_page_escapes_what_workers_wrote(tmp_path: Path) -> None:
    page.write(
        tmp_path / "e.html", "t", [answered(Question("1", "<script>alert(1)</script>", "wages", ("wages",)), "oos")]
    )

    text = (tmp_path / "e.html").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_asking_keeps_the_order_and_stops_at_an_error() -> None:
    questions = [Question("1", "a", "wages", ("wages",)), Question("2", "b", "oos", ("oos",))]
    done = ask_all(questions, lambda question: {"topic": question["text"]})

    assert [one.topic for one in done] == ["a", "b"]
    with pytest.raises(SystemExit, match="was not answered"):
        ask_all(questions, lambda _: {"error": {"code": "not_ready"}})
