"""Pieces of a stream are joined for the libraries behind, and never for long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generation.providers.gateway.envelopes import Said
from generation.providers.gateway.gathering import GATHER_SECONDS, Gathering


def pass_through(pieces: list[Said], seconds: float) -> list[Said]:
    """All of them, one every `seconds`."""
    gathering, out = Gathering(), list[Said]()
    for number, piece in enumerate(pieces):
        out += gathering.add(piece, 100 + number * seconds)
    return [*out, *gathering.rest()]


def test_a_thousand_tokens_a_second_come_as_few_pieces() -> None:
    passed = pass_through([Said(text="bee ")] * 1000, 0.001)
    assert "".join(said.text for said in passed) == "bee " * 1000
    assert len(passed) <= 1 / GATHER_SECONDS + 2


def test_a_slow_stream_is_not_held_and_first_words_come_at_once() -> None:
    gathering = Gathering()
    for number in range(5):
        (said,) = gathering.add(Said(text=str(number)), 100 + number * GATHER_SECONDS * 1.01)
        assert said.text == str(number)


def test_what_is_no_text_goes_at_once_after_the_text_before_it() -> None:
    gathering = Gathering()
    assert [said.text for said in gathering.add(Said(text="Bees"), 100)] == ["Bees"]
    assert not list(gathering.add(Said(text=" dance"), 100))
    end = Said(text=".", finish="stop")
    assert list(gathering.add(end, 100)) == [Said(text=" dance"), end]
    assert not list(gathering.rest())


@given(st.lists(st.text(max_size=3)), st.floats(0, 1))
def test_no_character_is_lost_or_changes_its_place(texts: list[str], seconds: float) -> None:
    passed = pass_through([Said(text=text) for text in texts], seconds)
    assert "".join(said.text for said in passed) == "".join(texts)
