"""A model that says what it was told to say, by purpose, and remembers what it was asked."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from generation.metrics import outcome_of
from generation.port.calls import BeforeCall, Ceiling, ModelCall, OnCall, allow_call, ignore_call
from generation.port.listening import NOBODY, Listener
from generation.port.spent import Spent
from generation.providers.dialogue import Answer, M, Prompt

USAGE = Spent(calls=1, tokens_in=100, tokens_out=200, cost_usd=Decimal("0.01"))


class ScriptedGateway:
    """`says` maps a purpose to its answers, in order; the last one is repeated. An exception is
    raised, a function asked for the answer to the prompt. A repair is asked for by the purpose of
    the task it repairs."""

    def __init__(self, says: Mapping[str, list[Any]]) -> None:
        self._says = {purpose: list(answers) for purpose, answers in says.items()}
        self.asked: list[Prompt] = []
        self.is_open = False

    @asynccontextmanager
    async def open(
        self, *, on_call: OnCall = ignore_call, before_call: BeforeCall = allow_call
    ) -> AsyncIterator[ScriptedGateway]:
        self.is_open, self._on_call, self._before_call = True, on_call, before_call
        try:
            yield self
        finally:
            self.is_open = False

    def fit(self, prompt: Prompt) -> Prompt:
        return prompt

    async def write_text(self, prompt: Prompt, listener: Listener = NOBODY) -> Answer[str]:
        return Answer(str(await self._next(prompt)), USAGE, 0.1)

    async def write_object(self, prompt: Prompt, schema: type[M]) -> Answer[M]:
        return Answer(schema.model_validate(await self._next(prompt)), USAGE, 0.1)

    def purposes(self) -> list[str]:
        return [prompt.purpose for prompt in self.asked]

    async def _next(self, prompt: Prompt) -> Any:
        assert self.is_open
        await self._before_call(uuid.uuid4(), Ceiling(prompt.max_tokens))
        self.asked.append(prompt)
        task = prompt.version.partition("+")[0].rpartition("-")[0].replace("-", "_")
        answers = self._says[task]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        is_error = isinstance(answer, Exception)
        self._on_call(_call(prompt, answer if is_error else None))
        if is_error:
            raise answer
        return answer(prompt) if callable(answer) else answer


def _call(prompt: Prompt, error: Exception | None) -> ModelCall:
    tokens = (0, 0) if error else (USAGE.tokens_in, USAGE.tokens_out)
    return ModelCall(
        purpose=prompt.purpose,
        prompt_version=prompt.version,
        model="beekeeper-1",
        attempt=1,
        seconds=0.1,
        outcome=outcome_of(error),
        error=type(error).__name__ if error else "",
        tokens_in=tokens[0],
        tokens_out=tokens[1],
        cost_usd=None if error else USAGE.cost_usd,
    )
