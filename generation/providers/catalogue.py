"""The built-in roadmaps, checked before they were built in: no key, no network, the same port.

A folder per roadmap: `roadmap.yaml` (the outline, the goals it answers, the day of its review),
`concepts/<key>.md` (resources as YAML front matter, then the tutorial), `concepts/<key>.quiz.yaml`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concepts.content import (
    ArtifactContent,
    ArtifactKind,
    QuizContent,
    ResourcesContent,
    TutorialContent,
)
from concepts.languages.tags import is_same_language
from concepts.markdown.foreign import name_language
from generation.port.briefs import ConceptBrief
from generation.port.errors import ContentError, GoalRefused
from generation.port.listening import NOBODY, Listener
from generation.port.outline import Outline
from generation.port.provider import Written
from generation.port.request import OutlineRequest, wanted_range
from roadmaps.bounds import GOAL_MAX_CHARACTERS
from roadmaps.text import text_key, word_overlap, words

CATALOGUE_DIR = Path(__file__).resolve().parents[1] / "catalogue"
# libyaml's, ten times as fast, where PyYAML was built with it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Goals sharing at least this much of their words with a built-in one are near it; so are those
# spelt this much like it, as far as so many characters go.
NEAR_OVERLAP, NEAR_SPELLING, LONGEST_SPELLING = 0.4, 0.8, 100
# What readers hear of a goal: its words, and what tells C++ and C# from C.
_HEARD = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]|[^\W_\u3400-\u9fff\u3040-\u30ff]+(?:\+\+|#)?")
# That somebody wants to learn is said of every goal.
_WISH = re.compile(r"^(?:(?:i want )?(?:to )?(?:learn|study)(?:ing)? |我?(?:想|要)?(?:学习|学))\s*")
# Nor is anything said by how it is wanted: a guitar for beginners is near no other beginning.
_ABOUT_NOTHING = words(
    "a an and as at basic basics beginner beginners by course for from guide i in intro "
    "introduction me my of on or the to tutorial with 入门 基础"
)


@dataclass(frozen=True)
class CatalogueRoadmap:
    folder: Path
    outline: Outline
    goals: tuple[str, ...]
    reviewed: date

    def answers(self, goal: str) -> bool:
        return goal_key(goal) in {goal_key(known) for known in self.goals}

    def nearness(self, goal: str) -> float:
        """From 0 to 1; 0 where it is not near."""
        overlap = max(_overlap(_subject(goal), _subject(known)) for known in self.goals)
        return max(overlap if overlap >= NEAR_OVERLAP else 0, *self._spellings(goal))

    def _spellings(self, goal: str) -> Iterator[float]:
        spelt = SequenceMatcher(b=goal_key(goal)[:LONGEST_SPELLING])
        yield 0
        for known in self.goals:
            spelt.set_seq1(goal_key(known))
            if spelt.real_quick_ratio() >= NEAR_SPELLING <= spelt.quick_ratio():
                ratio = spelt.ratio()
                yield ratio if ratio >= NEAR_SPELLING else 0


def goal_key(goal: str) -> str:
    """Fold also what nobody hears: punctuation, and whether Chinese words stand apart."""
    return " ".join(_HEARD.findall(_key(goal)))


def _key(goal: str) -> str:
    """No goal is longer than that, and a longer text is looked at no longer."""
    return text_key(goal[:GOAL_MAX_CHARACTERS])


def _subject(goal: str) -> str:
    key = _key(goal)
    return _WISH.sub("", key) or key


def _overlap(goal: str, known: str) -> float:
    """None without a word in both that says something; near where all that is said is known."""
    said, there = words(goal) - _ABOUT_NOTHING, words(known) - _ABOUT_NOTHING
    if not said & there:
        return 0
    return max(word_overlap(goal, known), NEAR_OVERLAP if said <= there else 0)


def find_roadmap(
    goal: str, roadmaps: Iterable[CatalogueRoadmap] | None = None
) -> CatalogueRoadmap | None:
    """The built-in roadmap that was written for this goal."""
    among = load_catalogue() if roadmaps is None else roadmaps
    return next((roadmap for roadmap in among if roadmap.answers(goal)), None)


@functools.cache
def load_catalogue(root: Path = CATALOGUE_DIR) -> tuple[CatalogueRoadmap, ...]:
    """All built-in roadmaps, by title. Raises ValueError (pydantic's) on a malformed file."""
    roadmaps = [_load(path.parent) for path in sorted(root.glob("*/roadmap.yaml"))]
    return tuple(sorted(roadmaps, key=lambda roadmap: roadmap.outline.title))


def _load(folder: Path) -> CatalogueRoadmap:
    data = _read_yaml((folder / "roadmap.yaml").read_text(encoding="utf-8"))
    goals, reviewed = data.pop("goals"), data.pop("reviewed")
    Outline.model_validate(data)
    _add_reading(data, folder / "concepts")
    return CatalogueRoadmap(folder, Outline.model_validate(data), tuple(goals), reviewed)


def _add_reading(data: dict[str, Any], concepts: Path) -> None:
    """How long the links take that each concept of a sound plan comes with."""
    for stage in data["stages"]:
        for module in stage["modules"]:
            for concept in module["concepts"]:
                file = concepts / f"{concept['key']}.md"
                links = _split_front_matter(file)[0]["resources"] if file.is_file() else []
                concept["reading_minutes"] = sum(link.get("minutes") or 0 for link in links)


def _read_yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - both loaders are the safe one


def read_tutorial(file: Path) -> TutorialContent:
    """As it is shipped."""
    return TutorialContent(markdown=_split_front_matter(file)[1])


class CatalogueProvider:
    """Answers the goals it was written for, and no others."""

    name = "catalogue"
    model = ""

    def __init__(self, root: Path = CATALOGUE_DIR) -> None:
        self._roadmaps = load_catalogue(root)

    def check_goal(self, request: OutlineRequest) -> None:
        outline = self._find(request.goal).outline
        if request.level and request.level != outline.level:
            raise _other_wish(outline, "level", outline.level, request.level)
        if request.language and not is_same_language(request.language, outline.language):
            raise _other_wish(outline, "language", outline.language, request.language)
        count = len(outline.concepts())
        least, most = wanted_range(request.concepts) if request.concepts else (count, count)
        if not least <= count <= most:
            has = _(
                "The built-in roadmap “%(title)s” has %(count)s concepts, and you asked for "
                "%(wanted)s."
            ) % {"title": outline.title, "count": count, "wanted": request.concepts}
            raise GoalRefused(f"{has} {_HOW_TO_GET_A_MODEL}", for_learners=has)

    async def outline(self, request: OutlineRequest) -> Written[Outline]:
        roadmap = self._find(request.goal)
        return Written(roadmap.outline, reviewed_on=roadmap.reviewed, authored=True)

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, _listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        """All at once: there is nothing to hear meanwhile."""
        concepts = self._find(brief.goal).folder / "concepts"
        front, _ = _split_front_matter(concepts / f"{brief.key}.md")
        content: ArtifactContent
        if kind is ArtifactKind.TUTORIAL:
            content = read_tutorial(concepts / f"{brief.key}.md")
        elif kind is ArtifactKind.RESOURCES:
            content = ResourcesContent.model_validate({"resources": front["resources"]})
        else:
            content = QuizContent.model_validate(_read_quiz(concepts / f"{brief.key}.quiz.yaml"))
        return Written(content, reviewed_on=front["reviewed"], authored=True)

    def _find(self, goal: str) -> CatalogueRoadmap:
        if (roadmap := find_roadmap(goal, self._roadmaps)) is not None:
            return roadmap
        raise self._refusal(goal)

    def _refusal(self, goal: str) -> GoalRefused:
        nearness = {roadmap.folder: roadmap.nearness(goal) for roadmap in self._roadmaps}
        near = sorted(
            (roadmap for roadmap in self._roadmaps if nearness[roadmap.folder]),
            key=lambda roadmap: -nearness[roadmap.folder],
        )
        if not near:
            needs = f"The goal “{goal}” needs a language model: nobody has written it by hand."
            told = _("“%(goal)s” is not built in, and nothing else can be written on this site.")
            return GoalRefused(self._with_list(needs), for_learners=told % {"goal": goal})
        title = near[0].outline.title
        closest = _(
            "Nobody has written “%(goal)s” yet; the closest built-in roadmap is “%(title)s”. "
            "Ask for “%(title)s” to get that one."
        ) % {"goal": goal, "title": title}
        return GoalRefused(
            self._with_list(f"{closest} For exactly your goal a language model is needed."),
            suggestions=tuple(roadmap.outline.title for roadmap in near),
            for_learners=closest,
        )

    def _with_list(self, refused: str) -> str:
        listed = (
            f"  - {roadmap.outline.title} ({len(roadmap.outline.concepts())} concepts)"
            for roadmap in self._roadmaps
        )
        built_in = "Built in, and free of any model:"
        return "\n".join((refused, built_in, *listed, _HOW_TO_GET_A_MODEL))


_HOW_TO_GET_A_MODEL = (
    "To have a model write other roadmaps, set LLM_BASE_URL (any OpenAI-compatible server), "
    "LLM_API_KEY and LLM_MODEL; .env.example shows how."
)


_WISHES = {
    "level": gettext_lazy(
        "The built-in roadmap “%(title)s” has the level “%(has)s”, not “%(wish)s”."
    ),
    "language": gettext_lazy(
        "The built-in roadmap “%(title)s” has the language “%(has)s”, not “%(wish)s”."
    ),
}


def _other_wish(outline: Outline, name: str, has: str, wish: str) -> GoalRefused:
    values = {"title": outline.title, "has": has, "wish": wish}
    told = str(_WISHES[name]) % values
    return GoalRefused(f"{told} {_HOW_TO_GET_A_MODEL}", for_learners=told)


def _split_front_matter(path: Path) -> tuple[dict[str, Any], str]:
    _, front, markdown = _read(path).split("---\n", 2)
    return _read_yaml(front), markdown.strip()


def _read_quiz(path: Path) -> Any:
    """`emphasis: es` above its questions: what is between asterisks is in that language."""
    quiz = _read_yaml(_read(path))
    language = quiz.pop("emphasis", "")
    return _name_languages(quiz, language) if language else quiz


def _name_languages(part: Any, language: str) -> Any:
    if isinstance(part, dict):
        return {name: _name_languages(value, language) for name, value in part.items()}
    if isinstance(part, list):
        return [_name_languages(value, language) for value in part]
    return name_language(part, language) if isinstance(part, str) else part


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContentError("This concept has no built-in text.", detail=str(error)) from error
