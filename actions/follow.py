"""What a worker says about the answer he just got: why, longer, shorter, not this, useful, again, and what now."""

from __future__ import annotations

from actions.answer import show
from actions.fallback import OFFER_A_PERSON_AFTER, PERSON, REGISTER, nothing_near, record_miss
from actions.pick import NEAR, hits_for
from actions.turn import Outcome, Turn, World, say
from bot import replies
from bot.messages import Button, Kind, Outgoing
from hotline.policy.texts import article_text

SHOWN_ARTICLES = 2
PARTS = {"why_law": "law", "shorter": "short", "more_detail": "full", "repeat": "full"}


def follow(turn: Turn, world: World) -> Outcome:
    """The verb for everything that only makes sense after an answer."""
    if not turn.talk.card:
        return nothing_near(turn, world)
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
    """“那试用期呢”: the question as it stands after the last answer's subject."""
    card = world.knowledge().base.find_card(turn.talk.card, region=turn.region, on=turn.today)
    title = card.title if card is not None else ""
    alone = hits_for(turn, world, k=1)
    together = hits_for(turn, world, k=3, text=f"{title} {turn.text}")
    best = [hit for hit in together if hit.card != turn.talk.card] or together
    if alone and alone[0].score >= max(0.55, best[0].score if best else 0.0):
        best = alone
    if not best or best[0].score < NEAR:
        return nothing_near(turn, world)
    return show(turn, world, best[0].card, best[0].entry.topic, others=tuple(hit.card for hit in together[1:]))


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
