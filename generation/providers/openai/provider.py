"""A language model that plans in steps: a skeleton as text, then what each module teaches."""

from __future__ import annotations

from django.utils import timezone

from concepts.languages.guessing import guess_language
from generation.awaiting.apart import apart
from generation.port.details import ModuleDetails
from generation.port.listening import NOBODY, Listener
from generation.port.provider import Written
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton
from generation.providers.dialogue import Prompt
from generation.providers.openai.asking import Assignment, Attempt
from generation.providers.openai.memory import Account
from generation.providers.openai.plan_judging import judge_details, judge_skeleton
from generation.providers.openai.plan_prompting import details_prompt, skeleton_prompt
from generation.providers.openai.plan_schemas import DetailsAnswer
from generation.providers.openai.writing import ModelWriter

# A skeleton is short, and without it there is nothing.
SKELETON_REPAIRS = 2
DETAILS_REPAIRS = 1


class OpenAIProvider(ModelWriter):
    """What is wrong with an answer goes back with the reasons, that part alone."""

    async def skeleton(
        self,
        request: OutlineRequest,
        *,
        base: Skeleton | None = None,
        wish: str = "",
        listener: Listener = NOBODY,
    ) -> Written[Skeleton]:
        language = request.language or guess_language(request.goal)
        account, today = Account(self.gateway), timezone.localdate()

        async def attempt(asked: Prompt) -> Attempt[Skeleton]:
            told = (await account.write_text(asked, listener)).content
            return await apart(judge_skeleton, told, request, language, today)

        prompt = skeleton_prompt(request, language, today, base=base, wish=wish)
        assignment = Assignment(
            prompt, attempt, account, language=language, repairs=SKELETON_REPAIRS
        )
        return await assignment.write()

    async def details(
        self, request: OutlineRequest, skeleton: Skeleton, module: int
    ) -> Written[ModuleDetails]:
        account, today = Account(self.gateway), timezone.localdate()

        async def attempt(asked: Prompt) -> Attempt[ModuleDetails]:
            answer = (await account.write_object(asked, DetailsAnswer)).content
            return await apart(judge_details, answer, request, skeleton, module, today=today)

        prompt = details_prompt(request, skeleton, module, today)
        assignment = Assignment(
            prompt, attempt, account, language=skeleton.language, repairs=DETAILS_REPAIRS
        )
        return await assignment.write()
