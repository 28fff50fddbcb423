"""Questions that no card answered: written once a message, grouped by what they share, gone with the worker's words."""

from datetime import timedelta

from hotline.policy import misses
from kit import clock
from kit.db import Database


def record(database: Database, message: str, question: str, conversation: str = "c") -> None:
    with database.transaction() as session:
        misses.record(
            session, message_id=message, conversation_id=conversation, reason="not_this", question=question, card="a.b"
        )


def test_equal_questions_are_one_group(database: Database) -> None:
    for message, question in [("1", "工资条不给？"), ("2", " 工资条不给"), ("2", "工资条不给"), ("3", "年假几天")]:
        record(database, message, question)

    with database.reading() as session:
        found = misses.groups(session, clock.now() - timedelta(days=1))

    assert [(group.question.strip(), group.count) for group in found] == [("工资条不给", 2), ("年假几天", 1)]
    assert found[0].card == "a.b"


def test_a_question_without_words_is_not_kept(database: Database) -> None:
    record(database, "1", "？！。")

    with database.reading() as session:
        assert misses.groups(session, clock.now() - timedelta(days=1)) == []


def test_they_go_with_the_workers_words(database: Database) -> None:
    record(database, "1", "工资条不给", "mine")
    record(database, "2", "工资条不给", "other")
    with database.transaction() as session:
        misses.forget(session, "mine")

    with database.reading() as session:
        assert [group.count for group in misses.groups(session, clock.now() - timedelta(days=1))] == [1]
