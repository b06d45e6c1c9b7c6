"""What a built-in tutorial must say of its figures."""

from __future__ import annotations

import pytest

from concepts.lint.figures import figure_problems, list_figures

SHOWS = "A rope that is led around a post twice, and its end under both turns."
GOOD = f'Before.\n\n![{SHOWS}](figure:turns "Two turns")\n\nAfter.'


def test_a_figure_that_is_there_and_says_what_it_shows_passes() -> None:
    assert not figure_problems(GOOD, {"turns"})
    assert list_figures(GOOD) == {"turns"}


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("![](figure:turns)", "does not say in words"),
        ("![  ](figure:turns)", "does not say in words"),
        ("![Two turns](figure:turns)", "does not say in words"),
        (f"![{SHOWS}](figure:hitch)", "there is no drawing “hitch”"),
        (f"![{SHOWS}](figure:../turns)", "there is no drawing"),
        (f"![{SHOWS}](https://knots.example/turns.svg)", "from elsewhere"),
        (f"![{SHOWS}](turns.svg)", "from elsewhere"),
        (f"See ![{SHOWS}](figure:turns).", "no paragraph of its own"),
        (f"- ![{SHOWS}](figure:turns)", "no paragraph of its own"),
        (f"> ![{SHOWS}](figure:turns)", "no paragraph of its own"),
        (f"[![{SHOWS}](figure:turns)](https://knots.example/)", "no paragraph of its own"),
    ],
)
def test_what_could_not_be_drawn_or_not_be_heard_is_complained_of(
    wrong: str, complaint: str
) -> None:
    assert complaint in "\n".join(figure_problems(wrong, {"turns"}))


def test_code_about_figures_is_no_figure() -> None:
    assert not list_figures("```markdown\n![x](figure:turns)\n```\n\n`![x](figure:turns)`")
