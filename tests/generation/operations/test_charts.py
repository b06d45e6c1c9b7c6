from __future__ import annotations

from itertools import pairwise

from generation.operations.charts import HEIGHT, WIDTH, Column, draw, share


def test_columns_stand_side_by_side_within_the_picture() -> None:
    columns = [Column(str(number), (("in", number), ("out", 1))) for number in range(24)]
    rects = draw(columns).rects
    assert all(rect.x >= 0 and rect.x + rect.width <= WIDTH for rect in rects)
    assert all(rect.y >= 0 and rect.y + rect.height <= HEIGHT for rect in rects)
    edges = sorted({(rect.x, rect.x + rect.width) for rect in rects})
    assert all(end <= begin for (_, end), (begin, _) in pairwise(edges))


def test_parts_of_a_column_stand_on_each_other() -> None:
    lower, upper = draw([Column("now", (("in", 1), ("out", 3)))]).rects
    assert lower.y + lower.height == HEIGHT
    assert upper.y + upper.height == lower.y
    assert upper.height == 3 * lower.height
    assert upper.y == 0


def test_what_is_there_is_seen_beside_what_is_much_larger() -> None:
    small, _ = draw([Column("a", (("in", 1),)), Column("b", (("in", 1_000_000),))]).rects
    assert small.height >= 2


def test_nothing_is_drawn_where_nothing_is() -> None:
    chart = draw([Column("a", (("in", 0),))])
    assert chart.rects == ()
    assert chart.most == chart.total == 0
    assert draw([]).rects == ()


def test_a_share_is_never_more_than_all() -> None:
    assert share(7, 5) == 100
    assert share(1, 0) == 0
    assert share(1, 4) == 25
