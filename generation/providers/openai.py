"""A language model behind any OpenAI-compatible server: prompts in, checked content out.

What a model answers is checked in code; what fails goes back with the reasons, an outline once, an
artifact twice. The way to the server is the gateway's (`dialogue.Gateway`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings
from django.utils import timezone

from concepts.content import ArtifactContent, ArtifactKind
from generation.answers import (
    outline_language_problems,
    quiz_problems,
    settle_quiz,
    settle_resources,
    tutorial_problems,
)
from generation.goals import refuse_by_verdict
from generation.languages import find_tag, guess_language
from generation.outline import Outline, OutlineRequest, ask_for_pace, check_outline
from generation.prompting import artifact_prompt, outline_prompt
from generation.providers.asking import Attempt, Task
from generation.providers.base import ConceptBrief, GoalRefused, Written
from generation.providers.blind import solve_blind
from generation.providers.calls import BeforeCall, Books, NoBooks, OnCall
from generation.providers.dialogue import Gateway, Prompt
from generation.providers.gateway import open_gateway
from generation.providers.memory import Account, RememberingGateway
from generation.providers.schemas import (
    OutlineAnswer,
    QuizAnswer,
    ResourcesAnswer,
    read_outline,
    read_quiz,
    read_resources,
    read_tutorial,
)
from generation.unwrapping import clean_tutorial


class GatewayOpener(Protocol):
    """`gateway.open_gateway`, or a scripted one."""

    def __call__(
        self, *, on_call: OnCall, before_call: BeforeCall
    ) -> AbstractAsyncContextManager[Gateway]: ...


OUTLINE_REPAIRS = 1
ARTIFACT_REPAIRS = 2


class OpenAIProvider:
    """Writes inside `async with`, which opens its gateway in the running event loop."""

    name = "openai"

    def __init__(self, open_gateway: GatewayOpener = open_gateway) -> None:
        self.books: Books = NoBooks()
        self._open_gateway = open_gateway
        self._opened: AbstractAsyncContextManager[Gateway] | None = None
        self._gateway: RememberingGateway | None = None

    async def __aenter__(self) -> Self:
        self._opened = self._open_gateway(on_call=self.books.note, before_call=self.books.check)
        self._gateway = RememberingGateway(await self._opened.__aenter__())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._opened is not None
        self._gateway = None
        await self._opened.__aexit__(kind, error, trace)

    @property
    def model(self) -> str:
        return str(settings.LLM_MODEL)

    @property
    def gateway(self) -> RememberingGateway:
        assert self._gateway is not None, "a provider writes inside `async with opened(provider)`"
        return self._gateway

    def check_goal(self, _request: OutlineRequest) -> None:
        """Any goal may be asked for: what only a model can judge is judged with the outline."""
        if not self.model:
            raise GoalRefused(
                "No language model is set up: set LLM_MODEL, and LLM_BASE_URL or LLM_API_KEY; "
                ".env.example shows how."
            )

    async def outline(self, request: OutlineRequest) -> Written[Outline]:
        language = request.language or guess_language(request.goal)
        account, today = Account(self.gateway), timezone.localdate()

        async def attempt(asked: Prompt) -> Attempt[Outline]:
            answer = (await account.write_object(asked, OutlineAnswer)).content
            refuse_by_verdict(request.goal, answer.verdict, answer.suggestions)
            return _judge_outline(answer, request, language, today)

        prompt = outline_prompt(request, language, today)
        task = Task(prompt, attempt, account, language=language, repairs=OUTLINE_REPAIRS)
        return await task.write()

    async def write(self, kind: ArtifactKind, brief: ConceptBrief) -> Written[ArtifactContent]:
        account = Account(self.gateway)

        async def attempt(asked: Prompt) -> Attempt[ArtifactContent]:
            return await _ATTEMPTS[kind](asked, brief, account)

        prompt = artifact_prompt(kind.value, brief)
        task = Task(prompt, attempt, account, language=brief.language, repairs=ARTIFACT_REPAIRS)
        return await task.write()


async def _try_tutorial(
    asked: Prompt, brief: ConceptBrief, gateway: Gateway
) -> Attempt[ArtifactContent]:
    answer = await gateway.write_text(asked)
    markdown = clean_tutorial(answer.content, brief.title)
    content, faults = read_tutorial(markdown)
    return Attempt(markdown, content, [*tutorial_problems(markdown, brief.language), *faults])


async def _try_resources(
    asked: Prompt, brief: ConceptBrief, gateway: Gateway
) -> Attempt[ArtifactContent]:
    answer = (await gateway.write_object(asked, ResourcesAnswer)).content
    good, faults = read_resources(answer)
    content, problems = settle_resources(good, brief.language)
    # A bad link among good ones is dropped, not worth another call.
    return Attempt(answer.model_dump_json(), content, [] if content else [*faults, *problems])


async def _try_quiz(
    asked: Prompt, brief: ConceptBrief, gateway: Gateway
) -> Attempt[ArtifactContent]:
    answer = (await gateway.write_object(asked, QuizAnswer)).content
    quiz, problems = read_quiz(answer)
    if quiz is not None:
        quiz = settle_quiz(quiz, brief.language)
        problems = quiz_problems(quiz, brief.language)
    if quiz is not None and not problems and settings.LLM_BLIND_SOLVE:
        problems = await solve_blind(quiz, gateway, seed=brief.key, language=brief.language)
    return Attempt(answer.model_dump_json(), quiz, problems)


_ATTEMPTS: dict[
    ArtifactKind,
    Callable[[Prompt, ConceptBrief, Gateway], Awaitable[Attempt[ArtifactContent]]],
] = {
    ArtifactKind.TUTORIAL: _try_tutorial,
    ArtifactKind.RESOURCES: _try_resources,
    ArtifactKind.QUIZ: _try_quiz,
}


def _judge_outline(
    answer: OutlineAnswer, request: OutlineRequest, language: str | None, today: date
) -> Attempt[Outline]:
    """Checked for the language that was settled, or else for the one it says it is in."""
    said, named = answer.model_dump_json(), find_tag(answer.language)
    if language is None and named is None:
        problem = f"“{answer.language}” is not a language tag such as en or zh-Hans"
        return Attempt(said, None, [problem])
    outline, problems = read_outline(answer, language or named, request.level)
    if outline is None:
        return Attempt(said, None, problems)
    return Attempt(
        said,
        outline,
        [*check_outline(outline, request), *outline_language_problems(outline, outline.language)],
        ask_for_pace(outline, request, today),
        outline.total_minutes(),
    )
