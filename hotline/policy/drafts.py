"""A passage of an official document as the beginning of a card: what an editor would otherwise copy by hand."""

from __future__ import annotations

from datetime import date

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.policy.errors import UnknownRecord
from hotline.policy.tables import DocumentRow, PassageRow
from knowledge.base import Base

HEAD = """# 从文件段落起的稿：{title}（{number}，{issuer}，{issued}）
# 原文只供核对，改写成自己的话以后删掉这几行。还要补：问法（ask）、下一步（steps）、短答（short）。
# {text}
"""


def from_passage(session: Session, base: Base, passage_id: str, card_id: str, today: date) -> str:
    """YAML for a new draft card that cites the document; the ids of passages are those that search shows."""
    if card_id.count(".") != 1 or card_id.partition(".")[0] not in base.lists.topics:
        topics = "、".join(base.lists.topics)
        raise UnknownRecord(f"{card_id} 不是卡片编号：写成 话题.英文名，话题只能是 {topics}")
    passage, document = _find(session, passage_id)
    head = HEAD.format(
        title=document.title,
        number=document.number or "无文号",
        issuer=document.issuer,
        issued=document.issued,
        text=" ".join(passage.text.split()),
    )
    card = {
        "id": card_id,
        "title": passage.heading or document.title,
        "status": "draft",
        "region": document.region,
        "in_force": {"from": document.issued},
        "ask": [],
        "short": "",
        "answer": "",
        "steps": [],
        "refs": [{"act": document.number or document.title, "published": document.issued}],
        "refer": ["union"],
        "verified": {"on": today, "by": "起草"},
    }
    return head + yaml.safe_dump(card, allow_unicode=True, sort_keys=False)


def _find(session: Session, passage_id: str) -> tuple[PassageRow, DocumentRow]:
    parts = passage_id.split(".")
    if len(parts) != 3 or parts[0] != "document" or not (parts[1] + parts[2]).isdecimal():
        raise UnknownRecord(f"{passage_id} 不是段落编号，像 document.1.4；./gongyou policy search 会显示")
    query = (
        select(PassageRow, DocumentRow)
        .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
        .where(DocumentRow.id == int(parts[1]), PassageRow.ordinal == int(parts[2]))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise UnknownRecord(f"没有段落 {passage_id}；./gongyou policy search 会显示有哪些")
    return found[0], found[1]
