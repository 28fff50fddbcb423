"""A small data folder that loads, copied for each test."""

import shutil
from pathlib import Path

import pytest

from knowledge.loader import DATA

CARD = """id: {id}
title: {title}
status: published
region: CN
in_force: {{from: 2008-01-01}}
ask:
{asks}
short: {short}
answer: |
  {answer}
steps: [先把证据存好]
refs: [{{law: labor_contract_law, article: "82"}}]
refer: [arbitration]
verified: {{on: 2026-11-21, by: 测试}}
"""


def card(id: str, title: str, answer: str, ask: str = "测试问法") -> str:
    asks = "\n".join(f"  - {ask}第{n}种" for n in range(12))
    return CARD.format(id=id, title=title, answer=answer, short=title, asks=asks)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for folder in ("laws", "offices", "calendars", "words"):
        shutil.copytree(DATA / folder, root / folder)
    shutil.copy(DATA / "lists.yml", root / "lists.yml")
    (root / "regions").mkdir()
    shutil.copy(DATA / "regions" / "names.yml", root / "regions" / "names.yml")
    for id, title, answer in (
        ("wages.first", "老板拖欠工资", "先去劳动监察投诉。"),
        ("contract.second", "没签合同", "可以要二倍工资。"),
    ):
        topic, slug = id.split(".")
        (root / "cards" / topic).mkdir(parents=True, exist_ok=True)
        (root / "cards" / topic / f"{slug}.yml").write_text(card(id, title, answer, title), encoding="utf-8")
    return root
