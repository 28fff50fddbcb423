"""Plays written conversations through the running product and says what was not as written.

A script (tests/conversations/*.yml) is one worker on one channel. `interrupt` on a script makes variants of it: at
every step of the form somebody asks something else, cancels, wants a person, or is in danger.
`make test-conversations` plays all on a stack of its own,
`python -m tests.support.conversations URL [WORDS]` those whose name holds WORDS against a stack that runs.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot import replies
from tests.support.stack import Stack

FOLDER = Path(__file__).parent.parent / "conversations"
THREADS = 4
PATIENT = {"GONGYOU_TURN_DEADLINE": "60", "GONGYOU_FALLBACK_AFTER": "90"}  # a busy machine is no fault of the bot
CANARY = "110101199003070038"  # an identity number that nobody has; typed at every step, it must stand nowhere
SPACED = "110101 19900307 0038"  # the same as some people write it
LEFTOVERS = re.compile(r"\{\{|\}\}|\{%|\bNone\b|\bnan\b|Traceback|Decimal\(")


@dataclass(frozen=True)
class Step:
    """One message of the worker and what must come back."""

    say: str = ""
    press: str = ""
    kind: str = ""
    last: str = ""
    card: str = ""
    topic: str = ""
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    keep: dict[str, str] = field(default_factory=dict)
    fresh: bool = False
    quick: bool = False
    form: bool = False

    @classmethod
    def of(cls, raw: dict[str, Any]) -> Step:
        lists = ("must", "must_not", "buttons")
        return cls(**{name: tuple(value) if name in lists else value for name, value in raw.items()})


@dataclass(frozen=True)
class Script:
    name: str
    steps: tuple[Step, ...]
    item: str
    who: str = ""
    channel: str = "web"
    interruption: str = ""


INTERRUPTIONS: dict[str, tuple[Step, ...]] = {
    "canary": (Step(say=f"我的身份证号是{CANARY}", must=("[一-鿿]{4}",), must_not=(CANARY,)),),
    "canary_as_name": (Step(say=f"我叫张三{SPACED}", must=("[一-鿿]{4}",), must_not=(SPACED,)),),
    "question": (Step(say="那试用期最长能约定多久？", kind="answer", must=("试用期",)),),
    "cancel": (Step(say="算了", kind="info", must=("先放下",)), Step(say="你好", kind="info", must=("在的|你好",))),
    "human": (Step(say="转人工", kind="ticket", must=(r"工单号(?:是)? ?\d{8}-\d{4}-\d",)),),
    "crisis": (
        Step(say="我不想活了", kind="crisis", must=("110", "120", "12356", "你现在安全吗"), must_not=("第.{1,4}条",)),
        Step(say="谢谢你", kind="crisis", must=("我在。",), must_not=("就你一个人|同意我登记",)),
    ),
}


def load(folder: Path = FOLDER) -> list[Script]:
    """All scripts, those with `interrupt` also in their interrupted variants."""
    found: list[Script] = []
    for path in sorted(folder.glob("*.yml")):
        for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
            steps = tuple(Step.of(step) for step in raw["turns"])
            for channel in _channels(raw):
                name = raw["name"] if channel == "web" else f"{raw['name']}（{channel}）"
                script = Script(name, steps, str(raw["item"]), raw.get("who", ""), channel)
                found += [script, *_interrupted(script, raw.get("interrupt", ()))]
    return found


def written(folder: Path = FOLDER) -> list[str]:
    """The names of the scripts as somebody wrote them, without variants."""
    files = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml")))
    return [raw["name"] for scripts in files for raw in scripts]


def _channels(raw: dict[str, Any]) -> tuple[str, ...]:
    given = raw.get("channel", "web")
    return tuple(given) if isinstance(given, list) else (given,)


def _interrupted(script: Script, interruptions: list[str]) -> Iterator[Script]:
    """At every step on which the form is open."""
    for interruption in interruptions:
        for at, step in enumerate(script.steps):
            if not step.form:
                continue
            after = script.steps[at + 1 :] if interruption == "question" else ()
            steps = (*script.steps[: at + 1], *INTERRUPTIONS[interruption], *after)
            name = f"{script.name}，第{at + 1}句后{interruption}"
            yield replace(script, name=name, steps=steps, interruption=interruption)


class Player:
    """One conversation: what was said and heard, and what was not as written."""

    def __init__(self, http: httpx.Client, script: Script) -> None:
        self.http, self.script = http, script
        self.session, self.after = "", 0
        self.kept: dict[str, str] = {}
        self.heard: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.wrong: list[str] = []

    def play(self) -> list[str]:
        for step in self.script.steps:
            if step.fresh:
                self.session, self.after, self.heard = "", 0, []
            self._send(step)
            if step.quick:
                continue
            got = self._read()
            before = len(self.wrong)
            self._check(step, got)
            self.lines += [f"    !! {wrong}" for wrong in self.wrong[before:]]
        return self.wrong

    def _send(self, step: Step) -> None:
        text = step.say.format(**self.kept) if self.kept else step.say
        body = {"text": text, "payload": step.press} if step.press else {"text": text}
        if self.session:
            body["session"] = self.session
        elif self.script.channel != "web":
            body["as"] = self.script.channel
        self.lines.append(f"  工友：{step.press or text}")
        response = self.http.post("/api/chat/messages", json=body)
        assert response.status_code == httpx.codes.ACCEPTED, f"{self.script.name}: {response.text}"
        self.session = response.json()["session"]

    def _read(self) -> list[dict[str, Any]]:
        got: list[dict[str, Any]] = []
        deadline = time.monotonic() + 60
        open_turns = 1 + self._open_before()
        while sum(1 for message in got if message.get("done")) < open_turns and time.monotonic() < deadline:
            query = {"session": self.session, "after": str(self.after), "wait": "5"}
            body = self.http.get("/api/chat/messages", params=query).json()
            self.after = body["next"]
            got += body["messages"]
        for message in got:
            choices = "".join(f" [{b['title']}|{b['payload']}]" for b in message.get("buttons", ()))
            self.lines.append(f"  机器人 <{message['kind']} {message.get('card', '')}>：{message['text']}{choices}")
        self.heard += got
        return got

    def _open_before(self) -> int:
        quick = 0
        said = sum(1 for line in self.lines if line.startswith("  工友："))
        for step in reversed(self.script.steps[: said - 1]):
            if not step.quick:
                break
            quick += 1
        return quick

    def _check(self, step: Step, got: list[dict[str, Any]]) -> None:
        if not got or not got[-1].get("done"):
            self.wrong.append("没有回答")
            return
        text = "\n".join(message["text"] for message in got)
        self._check_shape(got, text)
        kinds = [message["kind"] for message in got]
        if step.kind and not any(re.fullmatch(step.kind, kind) for kind in kinds):
            self.wrong.append(f"应有 {step.kind}，得到 {kinds}")
        if step.last and kinds[-1] != step.last:
            self.wrong.append(f"最后应是 {step.last}，得到 {kinds}")
        for name in ("card", "topic"):
            wanted, seen = getattr(step, name), [message.get(name) or "" for message in got]
            if wanted and not any(re.match(wanted, one) for one in seen):
                self.wrong.append(f"{name} 应是 {wanted}，得到 {seen}")
        self.wrong += [f"应出现 {pattern}" for pattern in step.must if not re.search(pattern, text)]
        self.wrong += [f"不应出现 {pattern}" for pattern in step.must_not if re.search(pattern, text)]
        shown = " ".join(f"{b['title']}|{b['payload']}" for message in got for b in message.get("buttons", ()))
        self.wrong += [f"按钮里应有 {pattern}" for pattern in step.buttons if not re.search(pattern, shown)]
        for name, pattern in step.keep.items():
            found = re.search(pattern, text)
            self.kept[name] = found[1] if found else ""

    def _check_shape(self, got: list[dict[str, Any]], text: str) -> None:
        if any(not message["text"].strip() for message in got):
            self.wrong.append("空的回答")
        if LEFTOVERS.search(text):
            self.wrong.append("回答里有没填好的东西")
        if replies.FIXED_SENTENCE in text:
            self.wrong.append("出了故障")
        for message in got:
            self.wrong += over_the_limit(message, self.script.channel)

    def dialogue(self) -> str:
        return "\n".join([f"{self.script.name}（{self.script.who or '工友'}，{self.script.channel}）", *self.lines])


def over_the_limit(message: dict[str, Any], channel: str) -> list[str]:
    """What a platform would not take: measured here by the platforms' rules, not by our own code."""
    if channel == "web":
        return []
    sent = message.get("parts") or []
    most = {
        "wechat": lambda part: len(part.encode()) <= 2048,
        "telegram": lambda part: len(part.encode("utf-16-le")) // 2 <= 4096,
        "sms": lambda part: len(part.encode("utf-16-be")) // 2 <= 201,
    }[channel]
    if not sent:
        return ["没有 parts"]
    return [f"超过 {channel} 的长度：{len(part)} 字" for part in sent if not most(part)]


@dataclass(frozen=True)
class Played:
    script: Script
    wrong: tuple[str, ...]
    dialogue: str


def play_all(url: str, scripts: list[Script], told: Callable[[str], None]) -> list[Played]:
    """Every script in a conversation of its own, several at a time; says how far it has come."""
    done: list[Played] = []

    def one(script: Script) -> Played:
        with httpx.Client(base_url=url, timeout=40, trust_env=False) as http:
            player = Player(http, script)
            try:
                wrong = player.play()
            except Exception as error:  # the other conversations go on
                wrong = [*player.wrong, f"{type(error).__name__}: {error}"]
                player.lines.append(f"    !! {wrong[-1]}")
            return Played(script, tuple(wrong), player.dialogue())

    with ThreadPoolExecutor(THREADS) as pool:
        for future in as_completed([pool.submit(one, script) for script in scripts]):
            done.append(future.result())
            if len(done) % 20 == 0 or len(done) == len(scripts):
                told(f"  {len(done)} of {len(scripts)} conversations, {sum(1 for d in done if d.wrong)} wrong")
    return done


def table(scripts: list[Script]) -> str:
    """Item x channel x interruption: how many conversations."""
    channels = ("web", "wechat", "telegram", "sms")
    interruptions = ("", *INTERRUPTIONS)
    columns = [(channel, how) for channel in channels for how in interruptions]
    shown = [c for c in columns if any((s.channel, s.interruption) == c for s in scripts)]
    rows = ["item\t" + "\t".join(f"{channel}{'+' + how if how else ''}" for channel, how in shown)]
    for item in sorted({script.item for script in scripts}, key=lambda one: (len(one), one)):
        counts = [
            sum(1 for s in scripts if (s.item, s.channel, s.interruption) == (item, channel, how))
            for channel, how in shown
        ]
        rows.append(item + "\t" + "\t".join(str(count or "-") for count in counts))
    return "\n".join(rows).expandtabs(18)


def canary_in(folder: Path) -> list[str]:
    """Files of the installation that hold the identity number: its database, Rasa's rows, every log."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and holds_canary(path.read_bytes())
    ]


def holds_canary(held: bytes) -> bool:
    return any(number.encode() in held for number in (CANARY, SPACED))


def canary_in_metrics(stack: Stack) -> list[str]:
    """What the internal port counts, if the identity number became a label of it."""
    answer = httpx.get(f"http://127.0.0.1:{stack.port + 2}/metrics", timeout=40, trust_env=False)
    assert answer.status_code == httpx.codes.OK, answer.text
    return ["/metrics"] if holds_canary(answer.content) else []


def play_on_own_stack(scripts: list[Script], told: Callable[[str], None]) -> tuple[list[Played], list[str]]:
    """All scripts on an installation of their own; and the files in which the identity number was left behind."""
    with tempfile.TemporaryDirectory() as folder:
        with Stack(Path(folder), **PATIENT) as stack:
            played = play_all(stack.url, scripts, told)
            counted = canary_in_metrics(stack)
            living = canary_in(Path(folder))  # also what a clean end would fold away: SQLite's write-ahead log
        return played, sorted({*counted, *living, *canary_in(Path(folder))})


def main() -> int:
    seen: list[str] = []
    words = sys.argv[2] if len(sys.argv) > 2 else ""
    scripts = [script for script in load() if words in script.name]
    if len(sys.argv) > 1:
        played = play_all(sys.argv[1], scripts, print)
    else:
        played, seen = play_on_own_stack(scripts, print)
    print(table(scripts))
    for one in sorted(played, key=lambda one: one.script.name):
        if one.wrong or (words and len(sys.argv) > 3):
            print(f"\n{one.dialogue}")
    print(f"\n{sum(1 for one in played if one.wrong)} wrong of {len(played)}")
    for name in seen:
        print(f"the identity number stands in {name}")
    return 1 if seen or any(one.wrong for one in played) else 0


if __name__ == "__main__":
    raise SystemExit(main())
