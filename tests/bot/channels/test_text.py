from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.text import is_payload, split, worker_text


def test_a_long_answer_is_cut_after_sentences() -> None:
    text = "第一句说清楚了。第二句也说清楚了。第三句还没有说完"

    assert split(text, 20) == ["第一句说清楚了。第二句也说清楚了。", "第三句还没有说完"]


def test_a_short_answer_stays_whole() -> None:
    assert split("一句话。", 100) == ["一句话。"]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="工资。，\n 没发a😀", max_size=200), st.integers(4, 40))
def test_no_part_is_too_long_and_no_word_is_lost(text: str, limit: int) -> None:
    def in_bytes(part: str) -> int:
        return len(part.encode())

    parts = split(text, limit, in_bytes)
    assert all(in_bytes(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_what_comes_in_is_cleaned_and_masked() -> None:
    assert worker_text("\x00老板\u202e欠钱\ud800 身份证110101199003070134") == "老板欠钱 身份证" + "*" * 18


def test_only_payloads_like_ours_are_taken() -> None:
    assert is_payload("card:wages.arrears_first_step")
    assert not is_payload("/restart")
    assert not is_payload("")
