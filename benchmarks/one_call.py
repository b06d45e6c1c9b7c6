"""The plan in one call, as it was made before it was made in steps: the side to compare with."""

from __future__ import annotations

from django.utils import timezone

from concepts.languages.guessing import guess_language
from generation.awaiting.apart import apart
from generation.port.goals import refuse_by_verdict
from generation.port.outline import Outline
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.providers.dialogue import Prompt
from generation.providers.openai.asking import Assignment, Attempt
from generation.providers.openai.judging import judge_outline
from generation.providers.openai.memory import Account
from generation.providers.openai.plan_prompting import outline_prompt
from generation.providers.openai.schemas import OutlineAnswer
from generation.providers.openai.writing import ModelWriter

OUTLINE_REPAIRS = 1


class OneCallProvider(ModelWriter):
    """Writes like the model provider, and asks for the whole plan at once."""

    async def outline(self: ModelWriter, request: OutlineRequest) -> Written[Outline]:
        language = request.language or guess_language(request.goal)
        account, today = Account(self.gateway), timezone.localdate()

        async def attempt(asked: Prompt) -> Attempt[Outline]:
            answer = (await account.write_object(asked, OutlineAnswer)).content
            refuse_by_verdict(request.goal, answer.verdict, answer.suggestions)
            return await apart(judge_outline, answer, request, language, today)

        prompt = outline_prompt(request, language, today)
        assignment = Assignment(
            prompt, attempt, account, language=language, repairs=OUTLINE_REPAIRS
        )
        return await assignment.write()
