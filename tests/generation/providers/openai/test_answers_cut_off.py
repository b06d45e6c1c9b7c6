"""An answer that was too long is asked for in less words, and with more room to say them in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from concepts.content import ArtifactKind
from generation.port.errors import ContentError, CutOffError, TransientError
from generation.port.spent import Spent
from generation.providers.openai.provider import OpenAIProvider
from tests.generation import writings
from tests.generation.asking import (
    BRIEF,
    QUIZ,
    REQUEST,
    TUTORIAL,
    Call,
    ask,
    detailing,
    laying_out,
    planning,
    refused,
    solve_with_nectar,
    writing,
)
from tests.generation.scripted_gateway import USAGE, ScriptedGateway
from tests.generation.stepwise import make_skeleton

CHINESE = replace(BRIEF, language="zh")
CALLS: dict[str, Call[Any]] = {
    "outline": planning(),
    "skeleton": laying_out(),
    "details": detailing(make_skeleton(4)),
} | {kind.value: writing(kind) for kind in ArtifactKind}


def cut_off() -> CutOffError:
    return CutOffError("The answer was cut off at the limit of tokens.", usage=USAGE)


def rejected() -> ContentError:
    return ContentError("The model server rejected the request.", usage=Spent(calls=1))


def rooms(gateway: ScriptedGateway) -> list[int]:
    return [prompt.max_tokens for prompt in gateway.asked]


@pytest.mark.parametrize("task", CALLS)
def test_less_is_asked_for_with_twice_the_room(task: str) -> None:
    gateway = ScriptedGateway({task: [cut_off(), getattr(writings, task)()]})
    (written,) = ask(gateway, CALLS[task])
    first, second = gateway.asked
    assert second.system == first.system
    assert second.user.startswith(first.user)
    assert "was cut off" in second.user
    assert second.max_tokens == 2 * first.max_tokens
    assert written.prompt_version == second.version == f"{first.version}+shorter-2"
    assert written.usage == USAGE + USAGE


def test_the_language_has_the_last_word() -> None:
    gateway = ScriptedGateway({"tutorial": [cut_off(), writings.tutorial("zh")]})
    ask(gateway, writing(ArtifactKind.TUTORIAL, CHINESE))
    assert gateway.asked[1].user.endswith("请用简体中文撰写全部内容。")


def test_what_is_never_short_enough_fails_with_all_its_costs() -> None:
    gateway = ScriptedGateway({"tutorial": [cut_off()]})
    error = refused(gateway, TUTORIAL)
    assert isinstance(error, CutOffError)
    assert rooms(gateway) == [8_000, 16_000, 32_000]
    assert error.usage == USAGE + USAGE + USAGE


def test_a_plan_is_asked_for_once_more() -> None:
    gateway = ScriptedGateway({"outline": [cut_off()]})
    error = refused(gateway, planning())
    assert isinstance(error, CutOffError)
    assert error.usage.calls == len(gateway.asked) == 2


def test_the_largest_plan_has_no_more_room_and_is_asked_to_be_shorter() -> None:
    said = writings.outline(concepts=160)
    gateway = ScriptedGateway({"outline": [cut_off(), said]})
    (written,) = ask(gateway, planning(replace(REQUEST, concepts=200)))
    assert rooms(gateway) == [32_000, 32_000]
    assert len(written.content.concepts()) == 160


def test_the_same_question_is_not_asked_twice_when_there_is_no_more_room() -> None:
    gateway = ScriptedGateway({"tutorial": [cut_off(), rejected(), cut_off()]})
    assert "cut off" in str(refused(gateway, TUTORIAL))
    assert rooms(gateway) == [8_000, 16_000, 8_000]


@pytest.mark.parametrize("task", CALLS)
def test_a_server_that_never_writes_that_much_is_asked_for_less_in_the_room_there_is(
    task: str,
) -> None:
    gateway = ScriptedGateway({task: [cut_off(), rejected(), getattr(writings, task)()]})
    (written,) = ask(gateway, CALLS[task])
    first, roomier, last = gateway.asked
    assert last == replace(roomier, max_tokens=first.max_tokens)
    assert written.prompt_version == f"{first.version}+shorter-2"
    assert written.usage.calls == 3


def test_what_is_rejected_for_another_reason_is_told_as_such() -> None:
    gateway = ScriptedGateway({"tutorial": [rejected()]})
    assert "rejected" in str(refused(gateway, TUTORIAL))
    assert len(gateway.asked) == 1
    gateway = ScriptedGateway({"tutorial": [cut_off(), rejected()]})
    assert "rejected" in str(refused(gateway, TUTORIAL))
    assert rooms(gateway) == [8_000, 16_000, 8_000]


def test_a_correction_that_is_cut_off_stays_a_correction() -> None:
    gateway = ScriptedGateway({"tutorial": ["too thin", cut_off(), writings.tutorial()]})
    (written,) = ask(gateway, TUTORIAL)
    repair, shorter = gateway.asked[1:]
    assert "words of prose" in repair.user
    assert shorter.user.startswith(repair.user)
    assert written.prompt_version == shorter.version == "tutorial-4+repair-2+shorter-2"
    assert written.usage.calls == 3


def test_a_correction_after_a_cut_keeps_the_room_and_the_brevity() -> None:
    gateway = ScriptedGateway({"tutorial": [cut_off(), "too thin", writings.tutorial()]})
    ask(gateway, TUTORIAL)
    assert "was cut off" in gateway.asked[2].user
    assert "words of prose" in gateway.asked[2].user
    assert gateway.asked[2].max_tokens == 16_000


def test_a_cut_is_not_paid_for_twice_when_the_line_breaks_after_it() -> None:
    gateway = ScriptedGateway(
        {"tutorial": [cut_off(), TransientError("reset"), writings.tutorial()]}
    )

    async def fail_once(provider: OpenAIProvider) -> None:
        with pytest.raises(TransientError):
            await TUTORIAL(provider)

    _, written = ask(gateway, fail_once, TUTORIAL)
    assert rooms(gateway) == [8_000, 16_000, 16_000]
    assert written.usage == USAGE + USAGE


@pytest.fixture
def solving_blind(settings: Settings) -> None:
    settings.LLM_BLIND_SOLVE = True


@pytest.mark.usefixtures("solving_blind")
def test_who_thinks_too_long_about_a_quiz_is_asked_again_and_the_quiz_is_kept() -> None:
    solved = [cut_off(), solve_with_nectar]
    gateway = ScriptedGateway({"quiz": [writings.quiz()], "blind_solve": solved})
    (written,) = ask(gateway, QUIZ)
    assert gateway.purposes() == ["quiz", "blind_solve", "blind_solve"]
    assert gateway.asked[2].max_tokens == 2 * gateway.asked[1].max_tokens
    assert written.usage.calls == 3


@pytest.mark.usefixtures("solving_blind")
@pytest.mark.parametrize("again", [cut_off(), rejected()])
def test_a_quiz_that_nobody_can_solve_in_the_room_there_is_fails(again: ContentError) -> None:
    solved = [cut_off(), again]
    gateway = ScriptedGateway({"quiz": [writings.quiz()], "blind_solve": solved})
    error = refused(gateway, QUIZ)
    assert "was cut off" in str(error)
    assert error.usage.calls == len(gateway.asked) == 3
