"""No function over texts stops an event loop, nor takes longer than its text does."""

from __future__ import annotations

import pytest

from tests.hostile.functions import list_functions
from tests.hostile.reasons import IN_THREADS, NOT_LONGER_THAN, NOT_MADE, PASSED_OVER
from tests.hostile.texts import quick_texts

pytestmark = [pytest.mark.timeout(600), pytest.mark.wide]

FUNCTIONS = {one.name: one for one in list_functions()}
# What the others are called by: all that a visitor or a model can hand in goes through these.
ENTRIES = (
    "concepts.rendering.render_markdown",
    "config.redaction.redact_text",
    "generation.goals.clean_goal",
    "generation.languages.find_wrong_language",
    "generation.placeholders.find_placeholder",
    "generation.providers.gateway.models.find_object",
    "generation.providers.judging.judge_quiz",
    "generation.providers.judging.judge_resources",
    "generation.providers.judging.judge_tutorial",
    "generation.unwrapping.clean_tutorial",
    "roadmaps.slugs.make_slug",
)


@pytest.mark.parametrize("name", ENTRIES)
def test_what_a_visitor_or_a_model_hands_in_is_looked_through_in_time(name: str) -> None:
    assert list(FUNCTIONS[name].faults(quick_texts())) == []


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_measured_comes_to_its_end(name: str) -> None:
    """What raises at once would be quick for the wrong reason."""
    measured = FUNCTIONS[name].prepare(
        lambda length: ("a word or two " * length)[:length], 400, is_whole=True
    )
    measured()


@pytest.mark.parametrize("name", ENTRIES)
def test_no_call_of_c_code_holds_the_interpreter(name: str) -> None:
    assert list(FUNCTIONS[name].long_c_calls(quick_texts())) == []


def test_every_reason_gives_one() -> None:
    for reasons in (PASSED_OVER, IN_THREADS, NOT_MADE):
        assert all(reason.strip() for reason in reasons.values())
    assert all(most and reason.strip() for most, reason in NOT_LONGER_THAN.values())
