"""No function over texts stops an event loop, nor takes longer than its text does."""

from __future__ import annotations

import functools

import pytest

from tests.hostile.building import APPS
from tests.hostile.collecting import is_below
from tests.hostile.functions import LONGEST_C_CALL, TextFunction, list_functions
from tests.hostile.reasons import IN_THREADS, NOT_LONGER_THAN, NOT_MADE, PASSED_OVER
from tests.hostile.texts import some_texts

pytestmark = [pytest.mark.timeout(1200), pytest.mark.wide]

# What the others are called by: all that a visitor or a model can hand in goes through these.
ENTRIES = (
    "concepts.lint.quiz_rules.lint_quiz",
    "concepts.markdown.rendering.render_markdown",
    "config.logs.redact_event",
    "config.redaction.redact_text",
    "generation.port.goals.clean_goal",
    "generation.port.skeleton_pasting.read_pasted",
    "generation.port.skeleton_reading.read_skeleton",
    "concepts.languages.judging.find_wrong_language",
    "concepts.lint.placeholders.find_placeholder",
    "generation.providers.gateway.envelopes.Answer.add",
    "generation.providers.gateway.models.find_object",
    "generation.providers.gateway.said_errors.told",
    "generation.providers.openai.judging.judge_outline",
    "generation.providers.openai.judging.judge_quiz",
    "generation.providers.openai.judging.judge_resources",
    "generation.providers.openai.judging.judge_tutorial",
    "generation.providers.openai.unwrapping.clean_tutorial",
    "roadmaps.slugs.make_slug",
)


@functools.cache
def all_functions() -> dict[str, TextFunction]:
    return {one.name: one for one in list_functions()}


@pytest.mark.parametrize("app", APPS)
def test_no_function_takes_longer_than_its_text_does(app: str) -> None:
    """Nor holds the interpreter, where it runs in a thread."""
    found: list[str] = []
    for one in all_functions().values():
        if is_below(one.name, {app}):
            texts = some_texts(one.name)
            found += one.faults(texts)
            if one.most_seconds > LONGEST_C_CALL:
                found += one.long_c_calls(texts)
    assert found == []


@pytest.mark.parametrize("name", ENTRIES)
def test_what_is_measured_comes_to_its_end(name: str) -> None:
    """What raises at once would be quick for the wrong reason."""
    measured = all_functions()[name].prepare(
        lambda length: ("a word or two " * length)[:length], 400, is_whole=True
    )
    measured()


def test_every_reason_gives_one() -> None:
    for reasons in (PASSED_OVER, IN_THREADS, NOT_MADE):
        assert all(reason.strip() for reason in reasons.values())
    assert all(most and reason.strip() for most, reason in NOT_LONGER_THAN.values())
