"""Made-up tickets for the desk's tests, pictures and bench. Whoever is named here does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.mailbox import inbox, outbox
from bot.messages import Button, Citation, Incoming, Outgoing
from hotline import people
from hotline.alarms.tables import AlarmRow
from hotline.api import exports
from hotline.console import operators
from hotline.tickets import desks, feed
from hotline.tickets import service as tickets
from hotline.tickets.queries import Filter
from hotline.tickets.shapes import Ticket
from hotline.warnings.rules import LEVELS
from hotline.warnings.tables import AlertRow, AlertTaskRow
from kit import clock
from kit.db import Database
from tests.support.desk import PASSWORD

OWN, OTHER = "CN-32-05-83", "CN-32-05-09"  # Kunshan, Wujiang
MATTERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "T-WAGE",
        "wechat",
        {"matter": "厂里拖了三个月工资没发，老板总说下个月", "employer": "昆山某某电子厂", "wage": "6200"},
    ),
    (
        "T-WAGE-SITE",
        "sms",
        {"matter": "工地完工了，包工头跑了，我们12个人的钱没给", "employer": "某某建设", "people": "12"},
    ),
    ("T-CONTRACT", "web", {"matter": "上班八个月没签合同，能要双倍工资吗", "employer": "某某物流"}),
    (
        "T-INJURY",
        "telegram",
        {"matter": "上个月手被机器压伤，厂里不肯报工伤", "employer": "某某五金厂", "injury_date": "2026-11-02"},
    ),
    ("T-TERM", "wechat", {"matter": "怀孕四个月被辞退，说我不适应岗位", "employer": "某某商贸"}),
    ("T-AID-LIFE", "phone", {"matter": "家里人生病，交不起房租，想申请困难补助"}),
)


@dataclass
class Seeded:
    """A conversation with its ticket."""

    conversation: str
    ticket: Ticket


@dataclass
class Tickets:
    database: Database
    made: int = 0
    log: list[int] = field(default_factory=list)

    def desks(self) -> None:
        with self.database.transaction() as session:
            if not desks.every(session):
                desks.import_files(session)

    def conversation(self, session: Session, channel: str, words: str) -> str:
        """A conversation in which the worker asked and the bot answered with a card."""
        self.made += 1
        incoming = Incoming(
            channel=channel, account="", address=f"made-up-{self.made:06d}", external_id=f"m{self.made}", text=words
        )
        accepted = inbox.accept(session, incoming, key="test", now=clock.now())
        conversation = accepted.conversation_id
        answer = Outgoing(
            kind="answer",
            text="拖欠工资，可以先要一份欠条，再去劳动监察投诉；要不到还能申请仲裁，不收费。",
            topic="wages",
            citations=(Citation("劳动法", "50"),),
            buttons=(Button("怎么投诉", "card:wages.complain"), Button("转人工", "human")),
        )
        outbox.queue(session, conversation, answer, key=f"answer:{self.made}", now=clock.now(), done=True)
        return conversation

    def open(
        self,
        category: str = "T-WAGE",
        channel: str = "web",
        *,
        desk: str = OWN,
        facts: Mapping[str, Any] | None = None,
        priority: str | None = None,
        phone: str = "",
    ) -> Seeded:
        given = {"place": desk, "people": "1", **(facts or {"matter": "厂里拖了三个月工资没发"})}
        with self.database.transaction() as session:
            conversation = None
            if channel not in ("phone", "visit"):
                conversation = self.conversation(session, channel, str(given["matter"]))
            ticket = tickets.open_ticket(
                session,
                key=f"made-up:{self.made}:{category}:{len(self.log)}",
                conversation_id=conversation,
                category=category,
                priority=priority,
                facts=given,
            )
            if phone and conversation is not None:
                person = people.for_conversation(session, conversation)
                people.consent(session, conversation_id=conversation, purpose="ticket", version="test", yes=True)
                people.seal(session, person, "phone", phone)
        self.log.append(ticket.id)
        return Seeded(conversation or "", ticket)

    def again(self, first: Ticket) -> Ticket:
        """The same worker's second ticket about the same matter."""
        self.made += 1
        with self.database.transaction() as session:
            return tickets.open_ticket(
                session,
                key=f"made-up-again:{self.made}",
                conversation_id=first.conversation_id,
                category=first.category,
                facts={"matter": "又说了一遍同一件事", "place": first.region, "people": "1"},
            )

    def alert(self, desk: str = OWN, level: str = "orange", title: str = "某某电子厂 拖欠工资") -> int:
        """An alert as the rules would raise it."""
        now = clock.now()
        times = {"first_known_at": now, "opened_at": now, "updated_at": now, "report_by": now + timedelta(minutes=30)}
        with self.database.transaction() as session:
            row = AlertRow(
                subject=f"made-up-{self.made}-{title}",
                title=title,
                region=desk,
                desk_id=desk,
                level=LEVELS.index(level),
                rule="ten_persons",
                rule_version="test",
                persons=12,
                said=12,
                inputs={"tickets": [], "rules": {"ten_persons": {"persons": 12, "why": "七天内十人以上说同一件事"}}},
                settled={},
                **times,
            )
            session.add(row)
            session.flush()
            session.add(AlertTaskRow(alert_id=row.id, text="当天到现场", level=row.level))
            return row.id

    def alarm(self, ticket: Ticket) -> int:
        """An alarm for a P0 ticket, as the duty would begin it."""
        with self.database.transaction() as session:
            row = AlarmRow(
                key=f"P0:{ticket.id}",
                subject=f"ticket:{ticket.id}",
                cause="P0",
                desk_id=ticket.desk_id,
                at=clock.now(),
                next_at=clock.now(),
            )
            session.add(row)
            session.flush()
            feed.tell(session, "alarm", clock.now(), desk_id=ticket.desk_id)
            return row.id

    def export(self, desk: str = OWN) -> int:
        """Somebody of that desk asks for a file with names and phones."""
        with self.database.transaction() as session:
            asker = operators.create(
                session, login=f"asks-for-{desk}", name="张三", password=PASSWORD, role="operator", desk_ids=(desk,)
            )
            return exports.ask(session, Filter(view="all"), asker, "仲裁委要名册")

    def all_kinds(self) -> list[Seeded]:
        """One of each matter: what a desk's list looks like on an ordinary morning."""
        self.desks()
        return [self.open(category, channel, facts=facts) for category, channel, facts in MATTERS]
