"""What a worker says about the answer he just got: why, longer, shorter, not this, useful, again, and what now."""

from __future__ import annotations

import re

from actions.answer import answer, show
from actions.fallback import OFFER_A_PERSON_AFTER, PERSON, REGISTER, nothing_near, record_miss
from actions.pick import NEAR, POOL, hits_for
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Kind, Outgoing
from hotline.policy.texts import article_text
from knowledge.spelling import plain

SHOWN_ARTICLES = 2
SUBJECT = 1.5  # how much the last answer's subject counts beside the words alone
_LEANING = re.compile(
    "(?:那|那么)?(?:工资|钱|补偿|赔偿|期限|时间|材料|手续|流程|费用)?(?:该|要|得|需要)?"
    "(?:怎么算|怎么办|咋办|咋算|咋整|多久|多少|多少钱|什么材料|哪些材料|找谁|去哪办|去哪里办)[呢啊吗呀]?[?？]?"
)
PARTS = {"why_law": "law", "shorter": "short", "more_detail": "full", "repeat": "full"}


def follow(turn: Turn, world: World) -> Outcome:
    """The verb for everything that only makes sense after an answer."""
    if not turn.talk.card:
        return answer(turn, world) if turn.intent == "followup" else nothing_near(turn, world)
    if turn.intent == "why_law":
        return why(turn, world)
    if turn.intent in PARTS:
        return show(turn, world, turn.talk.card, turn.talk.topic, part=PARTS[turn.intent])
    if turn.intent in ("wrong_answer", "complain_bot", "not_useful"):
        return next_best(turn, world)
    if turn.intent == "useful":
        return say(Outgoing(kind="info", text=replies.GLAD))
    return after(turn, world)


def why(turn: Turn, world: World) -> Outcome:
    """The articles of the last answer; and their own words, where an operator has imported the law's text."""
    shown = show(turn, world, turn.talk.card, turn.talk.topic, part=PARTS["why_law"])
    card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
    references = [ref for ref in card.refs if ref.law and ref.article] if card is not None else []
    words: list[str] = []
    with world.database.reading() as session:
        for ref in references:
            found = article_text(session, ref.law or "", ref.article or "", turn.today)
            if found is not None and len(words) < SHOWN_ARTICLES:
                words.append(f"{found.title}第{found.number}条：" + "\n".join(found.paragraphs))
    if not words:
        return shown
    return say(*shown.messages, Outgoing(kind="info", text="\n\n".join(words)), talk=shown.talk)


def after(turn: Turn, world: World) -> Outcome:
    """“那试用期呢”: near to what was asked and to the last answer's subject; each alone would pull too far.

    When the words by themselves lead back to the last card (“三年的呢” after the lengths of probation), it answers.
    """
    card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
    title = card.title if card is not None else ""
    alone = hits_for(turn, world, k=POOL)
    if alone and alone[0].card == turn.talk.card and alone[0].score >= NEAR:
        return show(turn, world, turn.talk.card, turn.talk.topic)
    about = f"{title} {turn.text}"
    together = hits_for(turn, world, k=POOL, text=about)
    spelled = plain(about)
    worth: dict[str, float] = {}
    topics: dict[str, str] = {}
    for hit, weight in (*((hit, 1.0) for hit in alone), *((hit, SUBJECT) for hit in together)):
        if hit.kind == "card" and hit.card != turn.talk.card and hit.entry.may_be_meant(spelled):
            worth[hit.card] = worth.get(hit.card, 0.0) + weight * hit.score
            topics[hit.card] = hit.entry.topic
    best = sorted(worth, key=lambda one: (-worth[one], one))
    if not best or worth[best[0]] < SUBJECT * NEAR:
        return nothing_near(turn, world)
    return show(turn, world, best[0], topics[best[0]], others=tuple(best[1:3]))


def leans_on_the_last_answer(turn: Turn) -> bool:
    """“要多久”, “工资怎么算”: whole only with what was spoken of, whatever topic the words alone are near to."""
    return bool(turn.talk.card) and _LEANING.fullmatch(turn.text.strip()) is not None


def next_best(turn: Turn, world: World) -> Outcome:
    """Not what he meant: the next best answers, then a person; the miss is remembered."""
    base = world.knowledge().base
    found = [base.find_card(card_id, region=turn.region, on=turn.today) for card_id in turn.talk.others]
    buttons = tuple(Button(card.title, f"card:{card.id}") for card in found if card is not None)[:3]
    text = replies.NOT_THIS if buttons else replies.NOT_THIS_AND_NOTHING_ELSE
    record_miss(turn, world, "not_useful" if turn.intent == "not_useful" else "not_this", turn.talk.asked)
    talk = turn.talk.but(missed=turn.talk.missed + 1, others=())
    ways = (PERSON, REGISTER) if talk.missed >= OFFER_A_PERSON_AFTER or not buttons else (PERSON,)
    kind: Kind = "clarify" if buttons else "fallback"
    return say(Outgoing(kind=kind, text=text, topic=turn.talk.topic or "oos", buttons=(*buttons, *ways)), talk=talk)


def more(turn: Turn, world: World) -> Outcome:
    """The next page of the last answer."""
    if not turn.talk.card:
        return nothing_near(turn, world)
    return show(turn, world, turn.talk.card, turn.talk.topic, part=turn.talk.part, page=turn.talk.page + 1)
