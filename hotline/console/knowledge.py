"""The knowledge desk: what workers are told, found, read as they read it, with every version it ever had."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from hotline.console.door import page
from hotline.console.errors import NotThere, Refused
from hotline.console.visit import Visit
from hotline.policy import answers, desk, misses
from hotline.policy.desk import Record
from hotline.policy.errors import UnknownRecord
from kit import clock
from knowledge.base import Base
from knowledge.errors import KnowledgeError
from knowledge.render import render
from knowledge.review import stale, unverified
from knowledge.schema import Card

KINDS = {
    "card": "卡片",
    "parameter": "数字",
    "region_fact": "地方数字",
    "office": "办事的地方",
    "law": "法律登记",
    "calendar": "放假安排",
    "list": "词表",
}
STATES = {
    "draft": "草稿",
    "review": "等复核",
    "scheduled": "定时生效",
    "published": "在用",
    "retired": "停用",
    "conflict": "与文件冲突",
}
VIEWS = {"waiting": "没办完的稿", "stale": "该复查的", "unverified": "没核原文的", "missed": "没答好的问题"}
SHOWN_ON = {"web": "网页", "wechat": "微信", "sms": "短信"}
PLACES = ("CN-32-05", "CN-22-24-01", "CN-11")
FOUND, MISSED = 30, 60


def record_of(visit: Visit, path: str) -> Record:
    if not path:
        raise Refused("没说是哪一条，请从知识台的列表里点")
    try:
        with visit.reading() as session:
            return desk.record(session, path)
    except UnknownRecord as missing:
        raise NotThere(f"没有“{path[:80]}”这条") from missing


def shown_to_workers(base: Base, card: Card, region: str | None = None) -> dict[str, str]:
    """The card as each channel gives it; what keeps it from being shown stands in its place."""
    shown = {}
    for channel, title in SHOWN_ON.items():
        try:
            shown[title] = render(base, card, region=region, on=clock.today(), channel=channel).text
        except KnowledgeError as error:
            shown[title] = f"这样显示不出来：{error}"
    return shown


def card_at(base: Base, path: str) -> Card | None:
    return next((card for card in base.versions.values() if card.path.endswith(path)), None)


def uses_of(base: Base, key: str) -> list[Card]:
    """Cards in whose words a figure or an office stands."""
    quoted = (f'"{key}"', f"'{key}'")
    return [
        card
        for card in base.cards()
        if any(one in text for one in quoted for text in (card.answer, card.short, *card.steps, *card.limits))
    ]


@page("/desk/knowledge", "knowledge.read")
def knowledge(visit: Visit) -> Response:
    """Search by a worker's words, browse by kind, or see what waits for somebody."""
    words, kind, view = visit.query("q"), visit.query("kind", 20), visit.query("view", 20)
    held = visit.desk.world.knowledge()
    values: dict[str, Any] = {"hits": [], "records": [], "drafts": [], "due": [], "doubts": [], "groups": []}
    if words:
        hits = held.index.search(words, visit.desk.world.encode(words), on=clock.today(), k=FOUND)
        values["hits"] = [(hit, card) for hit in hits if (card := held.base.find_card(hit.card)) is not None]
    with visit.reading() as session:
        if view == "missed":
            values["groups"] = misses.groups(session, clock.now() - misses.LOOK_BACK, MISSED)
        elif kind in KINDS:
            values["records"] = desk.paths(session, kind)
            values["next_year"] = _next_year(values["records"]) if kind == "calendar" else None
        elif not words:
            values["drafts"] = desk.waiting(session)
    if view == "stale":
        values["due"] = list(stale(held.base, clock.today()))
    elif view == "unverified":
        values["doubts"] = list(unverified(held.base))
    return visit.render(
        "knowledge/list.html", q=words, kind=kind, view=view, kinds=KINDS, views=VIEWS, states=STATES, **values
    )


def _next_year(held: list[tuple[str, str]]) -> int:
    """The year whose notice is to be written in next."""
    return max((int(path[-8:-4]) for path, _key in held), default=clock.today().year) + 1


@page("/desk/knowledge/record", "knowledge.read")
def record(visit: Visit) -> Response:
    """One record: as workers read it, its versions, where it is used, who got an old text."""
    found = record_of(visit, visit.query("path", 250))
    base = visit.desk.world.knowledge().base
    values: dict[str, Any] = {"previews": {}, "uses": [], "recalled": [], "missed": 0}
    card = card_at(base, found.path) if found.kind == "card" else None
    with visit.reading() as session:
        if card is not None:
            values["previews"] = shown_to_workers(base, card, PLACES[0])
            values["recalled"] = answers.recall(session, base, card.id)
            values["missed"] = desk.misses_of(session, card.id)
    if card is None:
        values["uses"] = uses_of(base, found.key)
    return visit.render("knowledge/record.html", record=found, card=card, kinds=KINDS, states=STATES, **values)


PAGES = [knowledge, record]
