"""A language model behind any OpenAI-compatible server: prompts in, checked content out.

What a model answers is checked in code; what fails goes back with the reasons, an outline once, an
artifact twice. The way to the server is the gateway's (`dialogue.Gateway`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings
from django.utils.translation import gettext_noop

from concepts.content import ArtifactContent, ArtifactKind
from generation.awaiting.apart import apart
from generation.port.briefs import ConceptBrief
from generation.port.calls import BeforeCall, Books, NoBooks, OnCall
from generation.port.errors import GoalRefused
from generation.port.listening import NOBODY, Listener
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.providers.dialogue import Gateway, Prompt
from generation.providers.gateway.opening import open_gateway
from generation.providers.openai.asking import Assignment, Attempt
from generation.providers.openai.blind import solve_blind
from generation.providers.openai.judging import (
    judge_quiz,
    judge_resources,
    judge_tutorial,
)
from generation.providers.openai.memory import Account, RememberingGateway
from generation.providers.openai.prompting import artifact_prompt
from generation.providers.openai.schemas import QuizAnswer, ResourcesAnswer


class GatewayOpener(Protocol):
    """`gateway.open_gateway`, or a scripted one."""

    def __call__(
        self, *, on_call: OnCall, before_call: BeforeCall
    ) -> AbstractAsyncContextManager[Gateway]: ...


OUTLINE_REPAIRS = 1
ARTIFACT_REPAIRS = 2


class ModelWriter:
    """Writes inside `async with`, which opens its gateway in the running event loop."""

    name = "openai"

    def __init__(self, open_gateway: GatewayOpener = open_gateway) -> None:
        self.books: Books = NoBooks()
        self._open_gateway = open_gateway
        self._opened: AbstractAsyncContextManager[Gateway] | None = None
        self._gateway: RememberingGateway | None = None

    async def __aenter__(self) -> Self:
        self._opened = self._open_gateway(on_call=self.books.note, before_call=self.books.reserve)
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
                ".env.example shows how.",
                for_learners=gettext_noop(
                    "Nothing new can be written here just now. Please try again later."
                ),
            )

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        account = Account(self.gateway)

        async def attempt(asked: Prompt) -> Attempt[ArtifactContent]:
            if kind is ArtifactKind.TUTORIAL:
                return await _try_tutorial(asked, brief, account, listener)
            return await _ATTEMPTS[kind](asked, brief, account)

        prompt = artifact_prompt(kind.value, brief)
        assignment = Assignment(
            prompt, attempt, account, language=brief.language, repairs=ARTIFACT_REPAIRS
        )
        return await assignment.write()


async def _try_tutorial(
    asked: Prompt, brief: ConceptBrief, gateway: Gateway, listener: Listener
) -> Attempt[ArtifactContent]:
    told = (await gateway.write_text(asked, listener)).content
    return await apart(judge_tutorial, told, brief)


async def _try_resources(
    asked: Prompt, brief: ConceptBrief, gateway: Gateway
) -> Attempt[ArtifactContent]:
    answer = (await gateway.write_object(asked, ResourcesAnswer)).content
    return await apart(judge_resources, answer, brief)


async def _try_quiz(
    asked: Prompt, brief: ConceptBrief, gateway: Gateway
) -> Attempt[ArtifactContent]:
    answer = (await gateway.write_object(asked, QuizAnswer)).content
    tried = await apart(judge_quiz, answer, brief)
    problems = tried.problems
    if tried.usable is not None and settings.LLM_BLIND_SOLVE:
        quiz, language = tried.usable, brief.language
        problems = await solve_blind(quiz, gateway, seed=brief.key, language=language)
    return Attempt(tried.said, tried.content, problems, tried.regrets, tried.weight)


_ATTEMPTS: dict[
    ArtifactKind,
    Callable[[Prompt, ConceptBrief, Gateway], Awaitable[Attempt[ArtifactContent]]],
] = {
    ArtifactKind.RESOURCES: _try_resources,
    ArtifactKind.QUIZ: _try_quiz,
}
