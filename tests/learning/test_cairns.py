from __future__ import annotations

import re

import pytest

from learning.cairns import MOST_STONES, draw_cairn, draw_card, draw_small_cairn
from tests.learning.library import Page


def stones(svg: str) -> list[str]:
    return re.findall(r'<ellipse class="(\w+)"', svg)


@pytest.mark.parametrize(
    ("parts", "states"),
    [
        ([], ["open"]),
        ([(0, 0)], ["open"]),
        ([(0, 3), (0, 2)], ["open", "open"]),
        ([(3, 3), (1, 2), (0, 4)], ["whole", "begun", "open"]),
        ([(3, 3), (2, 2)], ["whole", "whole"]),
    ],
)
def test_a_stone_is_filled_when_its_part_is_finished(
    parts: list[tuple[int, int]], states: list[str]
) -> None:
    assert stones(draw_cairn(parts, "so far")) == states


def test_many_parts_share_stones_and_no_progress_is_lost() -> None:
    assert stones(draw_cairn([(1, 1)] * 40, "")) == ["whole"] * 8
    assert len(stones(draw_cairn([(0, 1)] * 10, ""))) <= MOST_STONES
    assert stones(draw_cairn([(1, 1)] + [(0, 1)] * 19, ""))[0] == "begun"


@pytest.mark.parametrize(
    ("through", "total", "whole", "begun"),
    [(0, 0, 0, 0), (0, 40, 0, 0), (1, 40, 0, 1), (8, 40, 1, 0), (39, 40, 4, 1), (40, 40, 5, 0)],
)
def test_a_small_cairn_grows_with_progress_and_is_whole_only_at_the_end(
    through: int, total: int, whole: int, begun: int
) -> None:
    found = stones(draw_small_cairn(through, total, "so far"))
    assert (found.count("whole"), found.count("begun")) == (whole, begun)


def test_a_drawing_says_in_words_what_it_shows_and_escapes_them() -> None:
    assert 'role="img" aria-label="3 of 4 &lt;b&gt; &quot;so far&quot;"' in draw_cairn(
        [(3, 4)], '3 of 4 <b> "so far"'
    )
    assert 'aria-hidden="true"' in draw_card("seed", 43)
    assert not Page(draw_card("seed", 43) + draw_cairn([(1, 2)], "x")).offences


def test_a_card_winds_as_its_roadmap_does_and_fills_with_progress() -> None:
    assert draw_card("one", 43) == draw_card("one", 43) != draw_card("two", 43)
    assert draw_card("one", 43, 43).count("open") == 0
    assert draw_card("one", 43, 42).count("open") > 0
    assert draw_card("one", 0, 0).count("whole") == 0
    assert len(draw_card("one", 300).encode()) < 1_600
