"""What a model may say about bees, in English, German and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.generation.providers.gateway.writings import data_in

SENTENCES = {
    "en": "The bees in a hive know what the weather will be, and they tell each other by a dance. ",
    "de": "Die Bienen in einem Stock wissen, wie das Wetter wird, und sie sagen es sich im Tanz. ",
    "zh": "蜂箱里的蜜蜂知道天气会怎样变化，并且用舞蹈互相转告，养蜂人只要仔细观察就能看懂。",
}
# Long enough to tell their language.
TITLES = {
    "en": "How the bees of a hive tell each other of the weather",
    "de": "Wie die Bienen im Stock sich vom Wetter erzählen",
    "zh": "蜜蜂 蜂箱",
}
WORDS = {
    "en": ("Bees", "Hive", "nectar", "brood", "smoke", "swarm"),
    "de": ("Bienen", "Stock", "Nektar", "Brut", "Rauch", "Schwarm"),
    "zh": ("蜜蜂", "蜂箱", "采集花蜜", "照料幼虫", "使用喷烟", "分群离巢"),
}


def outline(language: str = "en", /, *, concepts: int = 8, **fields: Any) -> dict[str, Any]:
    bees, hive, *_ = WORDS[language]
    listed = [concept(language, number) for number in range(1, concepts + 1)]
    half = concepts // 2
    stages = [
        {
            "title": f"{hive} {name}",
            "summary": SENTENCES[language],
            "modules": [
                {"title": f"{bees} {name}", "summary": SENTENCES[language], "concepts": part}
            ],
        }
        for name, part in (("A", listed[:half]), ("B", listed[half:]))
    ]
    return {
        "title": bees,
        "summary": SENTENCES[language],
        "language": language,
        "level": "beginner",
        "stages": stages,
        **fields,
    }


def skeleton(
    language: str = "en", /, *, concepts: int = 8, tag: str | None = None, **fields: str
) -> str:
    """The same plan as `outline`, as lines; `fields` replace what a line says."""
    bees, hive, *_ = WORDS[language]
    titles = [f"- {TITLES[language]} {number}" for number in range(1, concepts + 1)]
    half = concepts // 2
    lines = [
        f"verdict: {fields.get('verdict', 'roadmap')}",
        f"title: {fields.get('title', bees)}",
        f"language: {tag or language}",
        f"level: {fields.get('level', 'beginner')}",
    ]
    for name, part in (("A", titles[:half]), ("B", titles[half:])):
        lines += [f"## {hive} {name}", f"### {bees} {name}", *part]
    return "\n".join([*lines, f"summary: {fields.get('summary', SENTENCES[language])}"])


def details(language: str = "en", **fields: Any) -> Callable[[Any], dict[str, Any]]:
    """What a module teaches, for whichever is asked; each concept requires the one before."""

    def answer(prompt: Any) -> dict[str, Any]:
        asked = data_in(prompt if isinstance(prompt, str) else prompt.user)
        keys = list(asked["plan"])
        return {
            "concepts": [
                concept(language, 1)
                | {"key": one["key"], "requires": keys[: keys.index(one["key"])][-1:]}
                | fields
                for one in asked["concepts"]
            ]
        }

    return answer


def concept(language: str, number: int, **fields: Any) -> dict[str, Any]:
    bees, hive, *_ = WORDS[language]
    return {
        "key": f"c{number}",
        "title": f"{bees} {hive} {number}",
        "summary": SENTENCES[language],
        "kind": "concept",
        "difficulty": 2,
        "est_minutes": 30,
        "objectives": [f"{SENTENCES[language]}{n}" for n in range(2)],
        "requires": [f"c{number - 1}"] if number > 1 else [],
        **fields,
    }


def tutorial(language: str = "en") -> str:
    bees, hive, *_ = WORDS[language]
    text = SENTENCES[language] * 10
    return f"## {bees} A\n\n{text}\n\n## {hive} B\n\n{text}"


def resources(language: str = "en", *urls: str) -> dict[str, Any]:
    return {
        "resources": [
            {"title": url, "url": url, "kind": "docs", "why": SENTENCES[language]}
            for url in urls or [f"https://bees.example/{number}" for number in range(4)]
        ]
    }


def quiz(language: str = "en") -> dict[str, Any]:
    """Two single choices, and one true or false with English labels."""
    asked = [question(language, number) for number in (1, 2)]
    labels = [choice(language, "True", is_correct=True), choice(language, "False")]
    return {"questions": [*asked, question(language, 3, type="true_false", choices=labels)]}


def question(language: str, number: int, **fields: Any) -> dict[str, Any]:
    words = WORDS[language]
    subject = words[number % 2], words[2 + number]
    return {
        "type": "single",
        "stem": f"{number}: {' '.join(subject)} — {SENTENCES[language] * (number % 2)}?",
        "choices": [choice(language, text, is_correct=text == words[2]) for text in words[2:]],
        "explanation": SENTENCES[language],
        "objective": subject[0],
        "difficulty": number,
        **fields,
    }


def choice(language: str, text: str, *, is_correct: bool = False) -> dict[str, Any]:
    return {"text": text, "is_correct": is_correct, "rationale": SENTENCES[language]}
