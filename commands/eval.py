"""`./gongyou eval FILE...`: ask the running product every labelled question and say how often it was right.

The questions go through /api/ask one after the other, so that the times are those of one worker alone. Exit code 1
when a floor given with --least is missed. --held-out asks the cards' held-out lines too, of an index without them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from commands import ask
from commands.evaluate import measures, page
from commands.evaluate.held_out import ask_held_out
from commands.evaluate.measures import Answered
from commands.evaluate.questions import BadQuestions, Question, read
from commands.model_score import topic_model
from commands.train import current_model
from commands.vectors import cached_encoder
from kit import clock
from kit.settings import settings
from knowledge.gemma.built import build
from knowledge.gemma.engine import Reader
from knowledge.loader import shipped

app = typer.Typer(help=__doc__, add_completion=False)

CONFUSIONS_SHOWN = 15


def ask_all(questions: Sequence[Question], post: Callable[[dict[str, Any]], dict[str, Any]]) -> list[Answered]:
    """Each question's answer and its time; progress on standard error."""
    answered = []
    with typer.progressbar(questions, label="asking", file=sys.stderr) as bar:
        for question in bar:
            started = time.perf_counter()
            answer = post({"text": question.text})
            if "topic" not in answer:
                raise SystemExit(f"gongyou: {question.id} was not answered: {answer.get('error', answer)}")
            answered.append(Answered(question, answer, time.perf_counter() - started))
    return answered


def summary(title: str, answered: Sequence[Answered]) -> str:
    """The figures as they are printed and quoted."""
    lines = [f"{title}: {len(answered)} questions", *(f"  {one}" for one in measures.shares(answered))]
    if any(one.question.topic for one in answered):
        lines.append(f"  {'mean over topics':<34}{100 * measures.macro(answered):6.1f} %")
        lines.append("  confused: " + _joined(measures.confusions(answered)[:CONFUSIONS_SHOWN]))
        lines.append("  confidence (band, count, sure, right):")
        rows = measures.calibration(answered)
        lines += [f"    {band}  {count:4}  {sure:.2f}  {right:.2f}" for band, count, sure, right in rows]
    times = [1000 * one.seconds for one in answered]
    middle, slow = measures.percentile(times, 0.5), measures.percentile(times, 0.95)
    lines.append(f"  time: p50 {middle:.0f} ms, p95 {slow:.0f} ms, longest {max(times, default=0):.0f} ms")
    return "\n".join(lines)


def _joined(pairs: Sequence[tuple[str, str, int]]) -> str:
    return ", ".join(f"{meant} as {heard} {count}" for meant, heard, count in pairs) or "nothing"


@app.command()
def evaluate(
    files: list[Path] = typer.Argument(None, help=".jsonl or .yml with text, topic, accept, card (or label)"),
    report: Path | None = typer.Option(None, help="where the page with the wrong answers goes; var/eval.html"),
    least: float = typer.Option(0.0, help="exit 1 when less than this share of topics is right, e.g. 0.92"),
    held: bool = typer.Option(False, "--held-out", help="also the fifth of the `ask` lines that nothing has seen"),
) -> None:
    sets: dict[str, list[Answered]] = {}
    try:
        with ask.client() as http:
            for path in files or ():
                sets[path.name] = ask_all(read(path), lambda question: ask.post(http, question))
    except (BadQuestions, ask.NotRunning) as error:
        raise SystemExit(str(error)) from error
    if held:
        sets["held-out ask lines"] = _held_out()
    for name, answered in sets.items():
        print(summary(name, answered))
    report = report or settings().data / "eval.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    page.write(report, " ".join(sets), [one for answered in sets.values() for one in answered])
    print(f"wrong answers: {report}")
    if any(_missed(answered, least) for answered in sets.values()):
        raise SystemExit(1)


def _held_out() -> list[Answered]:
    model = current_model(settings())
    if model is None:
        raise SystemExit("gongyou: there is no model yet: ./gongyou train")
    reader = Reader(build(settings().models))
    return ask_held_out(shipped(), topic_model(model), reader, cached_encoder(settings()), clock.today())


def _missed(answered: Sequence[Answered], least: float) -> bool:
    topics = [one.is_right for one in answered if one.question.topic]
    return bool(topics) and sum(topics) < least * len(topics)
