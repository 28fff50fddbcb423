"""`./gongyou ask`: one question, or a file of {"id", "text"} lines with --jsonl; answered as /api/ask answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import typer

from kit.settings import settings

app = typer.Typer(help=__doc__, add_completion=False)


class NotRunning(Exception):
    """Nothing answers on our port."""


def post(client: httpx.Client, question: dict[str, Any]) -> dict[str, Any]:
    try:
        response = client.post("/api/ask", json=question)
    except httpx.ConnectError as error:
        raise NotRunning("gongyou: nothing answers; start it with ./gongyou up (or up --detach)") from error
    answer: dict[str, Any] = response.json()
    return answer


def client(timeout: float = 30.0) -> httpx.Client:
    base = f"http://127.0.0.1:{settings().port}"
    return httpx.Client(base_url=base, timeout=timeout, trust_env=False)


def questions(path: str) -> Iterator[dict[str, Any]]:
    text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        row = json.loads(line)
        if not isinstance(row, dict) or "text" not in row:
            raise SystemExit(f"{path}:{number}: each line is an object with id and text")
        yield row


def ask_many(path: str, region: str | None, on: str | None) -> None:
    """Answers as JSON lines on standard output, progress on standard error."""
    rows = list(questions(path))
    asked = [
        {"text": row["text"], **({"region": region} if region else {}), **({"on": on} if on else {})} for row in rows
    ]
    with client() as http, ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda question: post(http, question), asked)
        with typer.progressbar(
            zip(rows, answers, strict=True), length=len(rows), label="asking", file=sys.stderr
        ) as bar:
            for row, answer in bar:
                print(json.dumps({"id": row.get("id"), **answer}, ensure_ascii=False), flush=True)


def show(answer: dict[str, Any]) -> None:
    if "error" in answer:
        raise SystemExit(f"gongyou: {answer['error']['message']}")
    print(answer["text"])
    laws = [f"《{c['law']}》" + (f"第{c['article']}条" if c["article"] else "") for c in answer["citations"]]
    print(f"\n[{answer['kind']} · {answer['topic']} {answer['confidence']:.2f} · {answer['card']}]")
    if laws:
        print("依据：" + "、".join(laws))


@app.command()
def ask(
    text: str = typer.Argument("", help="the question"),
    jsonl: str = typer.Option("", help="a file of {id, text} lines, - for standard input"),
    region: str = typer.Option("", help="where the worker works"),
    on: str = typer.Option("", help="the day the law is read as of"),
    as_json: bool = typer.Option(False, "--json", help="print the whole answer as JSON"),
) -> None:
    try:
        if jsonl:
            ask_many(jsonl, region or None, on or None)
            return
        if not text:
            raise SystemExit('gongyou: what is the question? ./gongyou ask "老板拖欠我三个月工资怎么办"')
        with client() as http:
            question = {"text": text, **({"region": region} if region else {}), **({"on": on} if on else {})}
            answer = post(http, question)
    except NotRunning as error:
        raise SystemExit(str(error)) from error
    if as_json:
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        show(answer)
