"""A text is cut where Gemma's own tokenizer cuts it: the neighbours that are joined most often come first."""

import pytest

from knowledge.gemma.shape import LONGEST
from knowledge.gemma.tokens import Tokenizer

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
PIECES = ["", "", *BYTES, "工", "资", "钱", "▁", "工资", "资钱", "拖", "欠", "拖欠", "拖欠工资"]
SCORES = [0.0] * (len(PIECES) - 6) + [-1.0, -2.0, -9.0, -9.0, -3.0, -4.0]
FIRST, LAST = 0, 1


@pytest.fixture
def cut() -> Tokenizer:
    return Tokenizer(PIECES, SCORES, FIRST, LAST)


def pieces(cut: Tokenizer, text: str) -> list[str]:
    first, *between, last = cut(text)
    assert (first, last) == (FIRST, LAST)
    return [PIECES[number] for number in between]


def test_the_likelier_pair_is_joined_first(cut: Tokenizer) -> None:
    assert pieces(cut, "工资钱") == ["工资", "钱"]
    assert pieces(cut, "资钱") == ["资钱"]


def test_joined_pieces_are_joined_again(cut: Tokenizer) -> None:
    assert pieces(cut, "拖欠工资 拖欠") == ["拖欠工资", "▁", "拖欠"]


def test_a_letter_without_a_piece_is_spelled_in_bytes(cut: Tokenizer) -> None:
    assert pieces(cut, "薪") == ["<0xE8>", "<0x96>", "<0xAA>"]
    assert pieces(cut, "<0x41>") == [f"<0x{ord(letter):02X}>" for letter in "<0x41>"]


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "a" * 9000, "工资" * 3000])
def test_anything_is_cut_and_nothing_is_longer_than_what_was_learned(cut: Tokenizer, text: str) -> None:
    found = cut(text)
    assert len(found) <= LONGEST and (found[0], found[-1]) == (FIRST, LAST)
