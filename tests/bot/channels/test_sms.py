"""Text messages: parts counted, choices numbered, 退订 at once; Kannel's and Twilio's requests as they come."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import pytest
import time_machine

from bot.channels.base import (
    AnswerLost,
    ChannelMisconfigured,
    Forged,
    NotForUs,
    PlatformUnavailable,
    QuotaUsed,
    RateLimited,
    Recipient,
    Refused,
    Report,
    SendError,
    Unreadable,
    Webhook,
    WorkerBlockedUs,
)
from bot.channels.memory import MemoryState
from bot.channels.sms import MORE, Sms
from bot.channels.sms.kannel import Kannel
from bot.channels.sms.parts import parts
from bot.channels.sms.twilio import Twilio, signature
from bot.messages import Button, Incoming, Outgoing
from tests.support.fake_driver import FakeDriver
from tests.support.fake_http import BREAK_AFTER, Call, FakeHttp, Reply

WORKER = Recipient("12351", "13800000000", "7")


@dataclass
class Line:
    driver: FakeDriver = field(default_factory=FakeDriver)
    state: MemoryState = field(default_factory=MemoryState)

    def __post_init__(self) -> None:
        self.sms = Sms(self.driver, "12351", self.state, per_number=6, per_day=8)

    def write(self, text: str, number: int = 1) -> Incoming:
        message = self.sms.parse(Webhook("GET", "", {"text": text, "id": str(number)}, {}, b""))[0]
        assert isinstance(message, Incoming)
        return message


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("[" * 80, 1),
        ("[" * 81, 2),
        ("字" * 70, 1),
        ("字" * 71, 2),
        ("字" * 134, 2),
        ("字" * 201, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_they_are_billed(text: str, count: int) -> None:
    assert parts(text) == count


def test_a_short_answer_carries_its_numbered_choices(line: Line) -> None:
    answer = Outgoing(kind="clarify", text="哪一种？", buttons=(Button("拖欠", "card:a"), Button("工伤", "card:b")))
    line.sms.send(WORKER, answer)

    assert line.driver.sent == [("13800000000", "哪一种？\n回复数字选择：\n1.拖欠\n2.工伤", "7")]
    pressed = line.write("２")
    assert (pressed.kind, pressed.payload, pressed.text) == ("button", "card:b", "工伤")


def test_a_long_answer_ends_with_the_way_to_the_rest(line: Line) -> None:
    line.sms.send(WORKER, Outgoing(kind="answer", text="这是一句说得很清楚的话。" * 40))
    text = line.driver.sent[0][1]

    assert text.endswith(f"。…{MORE}")
    assert parts(text) == 3
    assert line.write("2").payload == "more"


def test_a_number_nobody_offered_is_just_words(line: Line) -> None:
    assert (line.write("3").kind, line.write("3").text) == ("text", "3")
    assert line.write("13800000000").text == "138******00"


@pytest.mark.parametrize("words", ["退订", "TD", "td", "Ｔ", " N ", "stop"])
def test_who_wants_no_more_gets_no_more_from_this_moment(line: Line, words: str) -> None:
    with pytest.raises(NotForUs):
        line.write(words)
    with pytest.raises(WorkerBlockedUs):
        line.sms.send(WORKER, Outgoing(kind="reply", text="您好"))

    proof = line.state.get("sms:stop-proof:13800000000:1")
    assert proof is not None
    assert proof["words"].upper() in {"退订", "TD", "T", "N", "STOP"}


def test_who_asks_again_is_answered_again_and_the_proof_stays(line: Line) -> None:
    with pytest.raises(NotForUs):
        line.write("退订")
    line.write("工资没发", 2)
    line.sms.send(WORKER, Outgoing(kind="answer", text="可以要。"))

    assert len(line.driver.sent) == 1
    assert line.state.get("sms:stop-proof:13800000000:1") is not None


def test_a_day_has_its_limits(line: Line) -> None:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as traveller:
        for _ in range(6):
            line.sms.send(WORKER, Outgoing(kind="answer", text="一"))
        with pytest.raises(QuotaUsed):
            line.sms.send(WORKER, Outgoing(kind="answer", text="一"))
        other = Recipient("12351", "13900000000")
        line.sms.send(other, Outgoing(kind="answer", text="一"))
        line.sms.send(other, Outgoing(kind="answer", text="一"))
        with pytest.raises(RateLimited):
            line.sms.send(other, Outgoing(kind="answer", text="一"))
        traveller.shift(86400)
        line.sms.send(WORKER, Outgoing(kind="answer", text="一"))


class FakeSmsbox(FakeHttp):
    """smsbox's or a provider's side: the next reply is `reply`."""

    reply: Reply = (202, "0: Accepted for delivery")

    def answer(self, call: Call) -> Reply:
        return self.reply


@pytest.fixture
def platform() -> Iterator[FakeSmsbox]:
    with FakeSmsbox() as fake:
        yield fake


@pytest.fixture
def kannel(platform: FakeSmsbox) -> Iterator[Kannel]:
    made = Kannel(platform.url, "gongyou", "made-up", "12351", "k" * 32, "http://127.0.0.1:8080", timeout=2)
    yield made
    made.close()


def get(query: str, key: str = "k" * 32) -> Webhook:
    fields = dict(pair.split("=", 1) for pair in query.split("&"))
    return Webhook("GET", f"http://127.0.0.1/hooks/sms/x?{query}", fields, {}, b"", key)


def test_kannel_is_known_by_the_secret_in_the_path(kannel: Kannel) -> None:
    kannel.verify(get("from=1"))
    with pytest.raises(Forged):
        kannel.verify(get("from=1", "wrong"))


@pytest.mark.parametrize(("coding", "encoding"), [("0", "utf-8"), ("2", "utf-16-be")])
def test_kannel_brings_words_in_either_coding(kannel: Kannel, coding: str, encoding: str) -> None:
    words = quote("工资没发+1".encode(encoding))
    received = kannel.parse(get(f"from=13800000000&id=abc&coding={coding}&bytes={words}"))[0]

    assert not isinstance(received, Report)
    assert (received.text, received.message_id) == ("工资没发+1", "abc")


def test_kannel_words_that_cannot_be_read(kannel: Kannel) -> None:
    for query in ("from=1&coding=0&bytes=%ff%fe", "from=1&coding=0", "coding=0&bytes=a"):
        with pytest.raises(Unreadable):
            kannel.parse(get(query))


def test_kannel_reports(kannel: Kannel) -> None:
    assert kannel.parse(get("report=1&ref=7")) == [Report("7", True, "kannel 1")]
    assert kannel.parse(get("report=2&ref=7")) == [Report("7", False, "kannel 2")]
    with pytest.raises(NotForUs):
        kannel.parse(get("report=8&ref=7"))


def test_kannel_sends_ucs2_and_asks_for_a_report(kannel: Kannel, platform: FakeSmsbox) -> None:
    kannel.send("13800000000", "可以要。", "7")
    query = platform.calls[0].query

    assert (query["coding"], query["charset"], query["text"]) == ("2", "UTF-8", "可以要。")
    assert query["dlr-url"] == f"http://127.0.0.1:8080/hooks/sms/{'k' * 32}?report=%d&ref=7"


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ((403, "Authorization failed for sendsms"), ChannelMisconfigured),
        ((503, "Temporal failure, try again later."), PlatformUnavailable),
        ((400, "Bad request"), Refused),
        (BREAK_AFTER, AnswerLost),
    ],
)
def test_kannel_failures(kannel: Kannel, platform: FakeSmsbox, failure: Reply | str, expected: type[SendError]) -> None:
    platform.failures = [failure]
    with pytest.raises(expected) as raised:
        kannel.send("13800000000", "一", "7")
    assert "made-up" not in str(raised.value)


HOOK = "https://gongyou.example/hooks/sms/" + "k" * 32


@pytest.fixture
def twilio(platform: FakeSmsbox) -> Iterator[Twilio]:
    tokens = "new-token,old-token"
    made = Twilio(platform.url, "AC1", tokens, "+100", "k" * 32, "https://gongyou.example", timeout=2)
    yield made
    made.close()


def form(fields: dict[str, str], token: str = "old-token", url: str = HOOK) -> Webhook:
    signed = signature(url, list(fields.items()), token).decode()
    query = {"ref": "7"} if "?ref=7" in url else {}
    return Webhook("POST", url, query, {"x-twilio-signature": signed}, urlencode(fields).encode(), "k" * 32)


MESSAGE = {"From": "+8613800000000", "To": "+100", "Body": " 工资没发 ", "MessageSid": "SM1", "NumMedia": ""}


def test_twilios_own_example_of_a_signature() -> None:
    fields = {"CallSid": "CA1234567890ABCDE", "Caller": "+14158675309", "Digits": "1234", "From": "+14158675309"}
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    given = [*fields.items(), ("To", "+18005551212")]

    assert signature(url, given, "12345") == b"RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize("token", ["new-token", "old-token"])
def test_twilio_is_known_by_its_signature(twilio: Twilio, token: str) -> None:
    hook = form(MESSAGE, token)
    twilio.verify(hook)
    received = twilio.parse(hook)[0]

    assert not isinstance(received, Report)
    assert (received.sender, received.text, received.message_id) == ("+8613800000000", " 工资没发 ", "SM1")


def test_a_forged_or_altered_form_is_refused(twilio: Twilio) -> None:
    good = form(MESSAGE)
    altered = Webhook("POST", HOOK, {}, good.headers, good.body.replace(b"SM1", b"SM2"), good.key)
    elsewhere = Webhook("POST", HOOK + "?x=1", {}, good.headers, good.body, good.key)
    wrong_key = Webhook("POST", HOOK, {}, good.headers, good.body, "x")
    unsigned = Webhook("POST", HOOK, {}, {}, good.body, good.key)
    for hook in (altered, elsewhere, wrong_key, unsigned, form(MESSAGE, "guess")):
        with pytest.raises(Forged):
            twilio.verify(hook)


def test_twilio_reports(twilio: Twilio) -> None:
    hook = form({"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}, url=f"{HOOK}?ref=7")
    twilio.verify(hook)

    assert twilio.parse(hook) == [Report("7", False, "undelivered 30003")]
    with pytest.raises(NotForUs):
        twilio.parse(form({"MessageSid": "SM1", "MessageStatus": "sent"}))


def test_twilio_sends_a_form_with_the_current_token(twilio: Twilio, platform: FakeSmsbox) -> None:
    platform.reply = (201, {"sid": "SM9"})

    assert twilio.send("+8613800000000", "可以要。", "7") == "SM9"
    assert platform.calls[0].fields["StatusCallback"] == f"{HOOK}?ref=7"
    assert platform.calls[0].headers["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ((400, {"code": 21610}), WorkerBlockedUs),
        ((400, {"code": 21617}), Refused),
        ((401, {"code": 20003}), ChannelMisconfigured),
        ((429, {"code": 20429}), RateLimited),
        ((500, "oops"), PlatformUnavailable),
    ],
)
def test_twilio_failures(twilio: Twilio, platform: FakeSmsbox, reply: Reply, expected: type[SendError]) -> None:
    platform.reply = reply
    with pytest.raises(expected):
        twilio.send("+8613800000000", "一", "7")
