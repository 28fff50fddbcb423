"""What the pages of the desk show on an ordinary day; whoever is named here does not exist."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.mailbox.tables import InboxRow, OutboxRow
from hotline import rota
from hotline.console import operators
from hotline.hooks.tables import HookRow
from hotline.policy import documents, misses, records
from hotline.rota import Shift
from kit import clock
from kit.db import Database
from knowledge.loader import DATA
from knowledge.regions import load_tree
from tests.browser.desk import DeskBrowser
from tests.support.desk_tickets import OWN

CARD = "cards/aid/women_health_check.yml"
OTHER_CARD = "cards/wages/arrears_first_step.yml"
DOCUMENT = """关于做好职工维权工作的通知
编的总工会〔2026〕3号
一、各级工会要做好职工维权工作，把每件事办实，办完告诉本人，一件也不落下。
二、每个季度要把来电来访的情况说给职工听。
编的总工会
2026年11月2日
"""


def fill(database: Database) -> None:
    with database.transaction() as session:
        number = operators.create(
            session, login="zhang", name="张接线", password="a long calm sentence", role="operator", desk_ids=(OWN,)
        )
        shifts = [
            Shift(OWN, "08:30", "17:30", number, None, (1, 2, 3, 4, 5)),
            Shift(OWN, "17:30", "08:30", 1, number, (1, 2)),
        ]
        rota.replace(session, OWN, shifts, by="system")
        rota.set_phone(session, number, "sms", "13800000000", by="system")
        session.add(
            HookRow(id=1, url="https://made-up.example/in", secret="-", kinds=["closed"], created_at=clock.now())
        )
        session.get_one(InboxRow, 1).state = "buried"
        session.get_one(OutboxRow, 1).state = "undeliverable"


def fill_for(group: str, desk: DeskBrowser) -> dict[str, object]:
    """What only the pages of this group show, and the numbers in their addresses."""
    with desk.database.transaction() as session:
        match group:
            case "desk":
                return {"conversation": desk.seeded.conversation(session, "web", "没签合同，能要双倍工资吗")}
            case "documents":
                return {"draft": _documents(session)}
            case "knowledge":
                _missed(session, desk.seeded.conversation(session, "web", "房东不退押金咋办"))
                return {"version": _drafted(session)}
    return {}


def _documents(session: Session) -> int:
    """One in force, one that waits."""
    first = documents.paste(session, "编的通知", DOCUMENT, "operator:1")
    documents.publish(session, first, "operator:2", load_tree())
    return documents.paste(
        session, "编的意见", DOCUMENT.replace("通知", "意见").replace("每个季度", "每半年"), "operator:1"
    )


def _drafted(session: Session) -> int:
    """One card waits for its writer, another for a second person."""
    records.import_files(session)
    for path in (OTHER_CARD, CARD):
        body = (DATA / path).read_text(encoding="utf-8")
        number = records.save_draft(session, path, body.replace("title: ", "title: 先问清楚：", 1), "operator:1")
    records.submit(session, number)
    return number


def _missed(session: Session, conversation: str) -> None:
    misses.record(
        session,
        message_id="made-up",
        conversation_id=conversation,
        reason="not_understood",
        question="房东不退押金咋办",
    )
