"""What goes to a worker survives the road through Rasa unchanged."""

import pytest

from bot.messages import Button, Citation, Outgoing


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing(kind="info", text="你好"),
        Outgoing(
            kind="answer",
            text="答",
            topic="hours",
            card="hours.overtime_rate",
            version="1",
            citations=(Citation("劳动法", "44", "1", "中华人民共和国劳动法"), Citation("工作时间和工资折算通知", "")),
            buttons=(Button("转人工", "human"),),
        ),
        Outgoing(kind="calc", text="算", calculation={"kind": "severance", "amount": "1.00"}),
    ],
)
def test_there_and_back(outgoing: Outgoing) -> None:
    assert Outgoing.from_dict(outgoing.as_dict()) == outgoing


def test_a_citation_always_says_its_article() -> None:
    shown = Outgoing(kind="answer", text="x", citations=(Citation("通知"),)).as_dict()["citations"]

    assert shown == [{"law": "通知", "article": "", "title": ""}]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="allowed"):
        Outgoing.from_dict({"kind": "note", "text": "x"})
