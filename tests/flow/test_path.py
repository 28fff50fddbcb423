"""One message, all the way, with the real Rasa: the page's API, /api/ask, the shell, and the hand-off to a person."""

import re

import httpx
import pytest

from tests.support.desk import Operator
from tests.support.stack import Stack, Worker, wait_for

pytestmark = pytest.mark.rasa

QUESTION = "老板拖欠我三个月工资怎么办"


def test_a_question_is_answered_with_a_card_and_its_articles(worker: Worker) -> None:
    answer = worker.ask(QUESTION)[-1]

    assert (answer["kind"], answer["topic"], answer["done"]) == ("answer", "wages", True)
    assert answer["card"].startswith("wages.")
    assert answer["citations"]
    assert "工资" in answer["text"]


def test_api_ask_stores_nothing_and_names_topic_card_and_articles(stack: Stack) -> None:
    with stack.client() as http:
        answer = http.post("/api/ask", json={"text": QUESTION}).json()

    assert (answer["topic"], answer["kind"]) == ("wages", "answer")
    assert answer["card"].startswith("wages.")
    assert answer["citations"]
    assert answer["ranking"][0]["topic"] == "wages"


def test_api_ask_behind_a_proxy_needs_a_token(stack: Stack) -> None:
    with stack.client() as http:
        response = http.post("/api/ask", json={"text": QUESTION}, headers={"x-forwarded-for": "203.0.113.9"})

    assert response.status_code == httpx.codes.UNAUTHORIZED


def test_the_shell_answers_the_same(stack: Stack) -> None:
    done = stack.command("ask", QUESTION)

    assert done.returncode == 0, done.stderr
    assert "wages" in done.stdout
    assert "依据：" in done.stdout


def test_a_person_takes_over_replies_and_hands_back(stack: Stack, worker: Worker) -> None:
    opened = worker.ask("转人工")[-1]
    assert opened["kind"] == "ticket"
    with stack.client() as http:
        desk = log_in(stack, http)
        page = desk.get("/desk?view=all")
        assert opened["ticket"] in page
        row = next(row for row in page.split("<tr ") if opened["ticket"] in row)
        path = re.search(r'href="(/desk/tickets/\d+)"', row)
        assert path is not None
        worker.send("老板今天又跑了")
        wait_for(lambda: "老板今天又跑了" in desk.get(path[1]), 15, "the worker's words join the ticket")
        desk.press(f"{path[1]}/reply", text="我是工会老王，慢慢说")
        reply = worker.read(wait=10)[-1]
        assert (reply["from"], reply["kind"], reply["text"]) == ("operator", "reply", "我是工会老王，慢慢说")
        desk.press(f"{path[1]}/note", text="内部：查过企业信息")
        desk.press(f"{path[1]}/give-back", text="已登记")
    worker.read(wait=10)
    assert worker.ask(QUESTION)[-1]["kind"] == "answer"
    assert not any("内部" in message["text"] for message in worker.seen)


def log_in(stack: Stack, http: httpx.Client) -> Operator:
    """Make the first operator by the announced link."""
    link = re.search(r"first lead .*?(http\S+/desk/first\?token=\S+)", stack.announced)
    assert link is not None, stack.announced
    operator = Operator(http)
    operator.accept(link[1], "laowang", "老王")
    return operator


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"text": ""}', 400),
        (b'{"text": "   "}', 400),
        (b"not json", 400),
        (b'{"text": "\xff\xfe"}', 400),
        (b'{"text": "\\ud800"}', 400),
        (b'{"text": "\\u0000\\u0000"}', 400),
        (b'{"text": ["x"]}', 400),
        (b"[" * 20000, 400),
        (b'{"text": "x", "session": "nobody-knows-this-session"}', 404),
        (b'{"text": "x", "session": "../../etc"}', 400),
        (b'{"text": "' + b"x" * 10_000_000 + b'"}', 413),
        (b'{"text": "' + b"x" * 5000 + b'"}', 413),
    ],
)
def test_bad_input_is_a_clear_4xx(stack: Stack, body: bytes, status: int) -> None:
    with stack.client() as http:
        response = http.post("/api/chat/messages", content=body)

    assert response.status_code == status
    assert response.json()["error"]["message"]


@pytest.mark.parametrize(
    "text", ["😡😡😡", "\u202eabc 工资", '/crisis{"a": 1}', "/restart", "/wages", "嗯", "a" * 3000]
)
def test_odd_but_honest_messages_get_a_kind_answer(worker: Worker, text: str) -> None:
    answer = worker.ask(text)[-1]

    assert answer["text"]
    assert answer["kind"] != "crisis"


def test_a_repeated_client_id_has_one_effect_and_another_text_is_a_conflict(worker: Worker) -> None:
    worker.ask("你好")
    assert worker.send("工资没发", client_id="abc").status_code == httpx.codes.ACCEPTED
    assert worker.send("工资没发", client_id="abc").status_code == httpx.codes.ACCEPTED
    assert worker.send("别的话", client_id="abc").status_code == httpx.codes.CONFLICT
    worker.ask("谢谢")
    worker.read(wait=1)
    assert sum(1 for message in worker.seen if message.get("done")) == 3


def test_the_stream_sends_what_was_missed(stack: Stack, worker: Worker) -> None:
    worker.ask("你好")
    worker.ask("谢谢")
    with stack.client() as http, http.stream("GET", f"/api/chat/stream?session={worker.session}&after=1") as stream:
        lines = stream.iter_lines()
        ids = [line for line in lines_until(lines, worker.seen[-1]["seq"]) if line.startswith("id:")]

    assert ids == [f"id: {message['seq']}" for message in worker.seen if message["seq"] > 1]


def lines_until(lines: object, last: int) -> list[str]:
    got: list[str] = []
    for line in lines:  # type: ignore[attr-defined]
        got.append(line)
        if line == f"id: {last}":
            return got
    return got
