"""What is wrong with a skeleton, as far as it can be known from titles. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from concepts.languages.guessing import tell_language
from concepts.languages.judging import find_wrong_language
from concepts.languages.tags import is_same_language
from generation.port.outline_rules import count_problems, tag_problems, title_problems
from generation.port.request import OutlineRequest
from generation.port.skeleton import Skeleton


def check_skeleton(skeleton: Skeleton, request: OutlineRequest) -> list[str]:
    """One sentence each; an empty list is a pass."""
    return [
        *count_problems(skeleton, request),
        *title_problems(skeleton),
        *tag_problems(skeleton, request),
        *_language(skeleton),
    ]


def _language(skeleton: Skeleton) -> Iterator[str]:
    """Titles are judged all together and by script, the sentences by script and words.

    These are few: where they seem to be in another language, the titles decide.
    """
    titles = [
        *(stage.title for stage in skeleton.stages),
        *(module.title for module in skeleton.modules()),
        *(concept.title for concept in skeleton.concepts()),
    ]
    sentences = [skeleton.summary, *skeleton.assumptions]
    complaints = {
        "the summary": find_wrong_language("\n".join(sentences), skeleton.language),
        "the titles": find_wrong_language("\n".join(titles), skeleton.language, by_words=False),
    }
    if not any(complaints.values()) and _seems_other("\n".join(sentences), skeleton.language):
        text = "\n".join([*sentences, *titles])
        complaints["the plan"] = find_wrong_language(text, skeleton.language)
    yield from (f"{name}: {wrong}" for name, wrong in complaints.items() if wrong)


def _seems_other(sentences: str, language: str) -> bool:
    told = tell_language(sentences)
    return told is not None and not is_same_language(told, language)
