"""A long story is cut to what it asks."""

from knowledge.telling import KEEP, LONG, as_asked, telling


def test_short_texts_stay_whole() -> None:
    assert telling("工资不发怎么办") == "工资不发怎么办"


def test_the_question_survives_the_story() -> None:
    filler = "那天早上天气很好，我和几个老乡一起坐车去了河边，看了很久的风景，然后又走了很远的路才回来。" * 8
    question = "请问老板拖欠三个月工资我该怎么办？"

    told = telling(filler + question + filler)

    assert question in told
    assert len(told) <= KEEP


def test_a_story_without_a_stop_is_cut_too() -> None:
    assert 0 < len(telling("啊" * 3 * LONG)) <= KEEP
    assert 0 < len(telling("老板不给钱，" * LONG)) <= KEEP


def test_what_the_encoder_reads_is_plainly_spelled() -> None:
    assert as_asked("老版不发公资！！！") == "老板不发工资!"
