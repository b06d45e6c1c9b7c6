"""What the model server of the tests writes: an answer for whatever schema it is sent."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

WORDS = (
    "a clear idea of how the parts fit together",
    "one small example that can be tried at once",
    "the usual mistake and how to see it early",
    "what to look for when nothing seems to work",
    "the reason why it was made this way",
    "a question to ask before going on",
)

# What each does to bees; there is no other way to answer the quizzes.
DEEDS = (("smoke", "calms"), ("brood", "warms"), ("nectar", "feeds"), ("swarms", "moves"))


_TASK = re.compile(r"\ATask: (\w+)\n")


def purpose_of(schema: dict[str, Any] | None, text: str) -> str:
    """By the first line of the rules; where there is none by the fields that are asked for."""
    if (told := _TASK.match(text)) is not None:
        return told[1]
    if schema is None:
        return "tutorial"
    for field, purpose in (
        ("stages", "outline"),
        ("questions", "quiz"),
        ("resources", "resources"),
        ("answers", "blind_solve"),
    ):
        if field in schema.get("properties", {}):
            return purpose
    return "object"


STEPS = ("Light the smoker.", "Smoke the entrance.", "Lift the lid.", "Take a frame out.")
FAULTY = "`    total = frame`"


def write(purpose: str, schema: dict[str, Any] | None, text: str, *, concepts: int) -> Any:
    """A string (tutorial) or something JSON can hold."""
    mark = hashlib.sha256(text.encode()).hexdigest()[:6]
    if purpose == "skeleton":
        return skeleton(concepts)
    if schema is None:
        return tutorial(mark)
    known: dict[str, Any] = {}
    if purpose == "outline":
        known = outline(concepts)
    elif purpose == "details":
        known = details(data_in(text))
    elif purpose == "quiz":
        known = {"questions": [choose_one(mark, number) for number in range(4)]}
    elif purpose == "resources":
        known = {"resources": [resource(mark, number) for number in range(3)]}
    elif purpose == "blind_solve":
        known = {"answers": [solve(asked) for asked in data_in(text)["questions"]]}
    return fill(schema, schema) | known


def spoil(content: str, fault: str, *, is_object: bool) -> str:
    """What a server may make of an answer. A text that is cut is cut where it is streamed."""
    what, label = ("JSON", "json") if is_object else ("text", "markdown")
    match fault:
        case "empty":
            return ""
        case "think":
            return f"<think>They want {{something}} on bees, let me see.</think>\n{content}"
        case "prose":
            return (
                f"Sure! Here is the {what}:\n```{label}\n{content}\n```\nTell me if you need more."
            )
        case "truncated" if is_object:
            return content[: 2 * len(content) // 3]
    return content


def outline(concepts: int) -> dict[str, Any]:
    """Two stages, modules of up to four; each concept requires the one before."""
    listed = [concept(number) for number in range(concepts)]
    half = max(1, (concepts + 1) // 2)
    parts = [part for part in (listed[:half], listed[half:]) if part]
    return {
        "title": "Keeping bees in a garden",
        "summary": "From the first look into a hive to honey in jars.",
        "language": "en",
        "level": "beginner",
        "assumptions": ["You have room for one hive."],
        "stages": [stage(number, part) for number, part in enumerate(parts)],
    }


def skeleton(concepts: int) -> str:
    """The same, as lines."""
    plan = outline(concepts)
    lines = [f"{name}: {plan[name]}" for name in ("title", "language", "level")]
    for part in plan["stages"]:
        lines.append(f"## {part['title']}")
        for module in part["modules"]:
            lines += [
                f"### {module['title']}",
                *(f"- {one['title']}" for one in module["concepts"]),
            ]
    ending = [f"summary: {plan['summary']}", f"assumptions: {'; '.join(plan['assumptions'])}"]
    return "\n".join(["verdict: roadmap", *lines, *ending])


def details(asked: dict[str, Any]) -> dict[str, Any]:
    """Of the module that a prompt's document names."""
    keys = list(asked["plan"])
    return {
        "concepts": [
            {name: value for name, value in concept(place).items() if name != "title"}
            | {"key": one["key"], "requires": keys[:place][-1:]}
            for one in asked["concepts"]
            for place in [keys.index(one["key"])]
        ]
    }


def stage(number: int, concepts: list[dict[str, Any]]) -> dict[str, Any]:
    modules = [concepts[start : start + 4] for start in range(0, len(concepts), 4)]
    return {
        "title": f"Season {number + 1}",
        "summary": f"What happens in season {number + 1}.",
        "modules": [
            {
                "title": f"Season {number + 1}, visit {index + 1}",
                "summary": "One visit to the hive.",
                "concepts": module,
            }
            for index, module in enumerate(modules)
        ],
    }


def concept(number: int) -> dict[str, Any]:
    return {
        "key": f"c{number}",
        "title": f"Bee lesson {number + 1}",
        "summary": f"Lesson {number + 1} on keeping bees.",
        "kind": "concept",
        "difficulty": 1 + number % 5,
        "est_minutes": 30,
        "objectives": [f"Name part {number + 1} of the hive", f"Explain visit {number + 1}"],
        "keywords": ["bees"],
        "requires": [f"c{number - 1}"] if number else [],
    }


def data_in(text: str) -> dict[str, Any]:
    """The document that a prompt holds between its delimiters."""
    document = re.search(r"<data>\n(\{.*?\})\n</data>", text, re.DOTALL)
    assert document is not None, text
    found: dict[str, Any] = json.loads(document[1])
    return found


def solve(asked: dict[str, Any]) -> dict[str, Any]:
    """By what is known of bees, whatever the key says."""
    solved = {"question": asked["number"], "choices": [], "is_sound": True}
    numbers = {one["text"]: one["number"] for one in asked["choices"]}
    if asked["type"] == "output":
        return solved | {"output": "6"}
    if asked["type"] == "order":
        return solved | {"choices": [numbers[line] for line in STEPS]}
    if asked["type"] == "faulty_line":
        return solved | {"choices": [numbers[FAULTY]]}
    deeds = dict(DEEDS)
    topic = next(topic for topic in deeds if f"what does {topic} do" in asked["stem"])
    right = [number for text, number in numbers.items() if f"It {deeds[topic]} " in text]
    return solved | {"choices": right}


def question(mark: str, number: int) -> dict[str, Any]:
    """One of each kind; the server itself writes the first four times."""
    kinds = (choose_one, predict_output, put_in_order, find_faulty_line)
    return kinds[number % len(kinds)](mark, number)


def predict_output(mark: str, _number: int) -> dict[str, Any]:
    return {
        "type": "output",
        "stem": f"Hive {mark} has frames:\n\n```python\nprint(2 * 3)\n```\n\nWhat is printed?",
        "accepted": ["6"],
        "explanation": "Two boxes of three frames each are six frames.",
        "objective": "Count frames",
        "difficulty": 2,
    }


def put_in_order(mark: str, _number: int) -> dict[str, Any]:
    return {
        "type": "order",
        "stem": f"Put the steps of opening hive {mark} in their order.",
        "choices": [
            {"text": step, "rationale": "Each step makes room for the next one."} for step in STEPS
        ],
        "explanation": "Smoke calms the bees before anything is lifted.",
        "objective": "Open a hive",
        "difficulty": 2,
    }


def find_faulty_line(mark: str, _number: int) -> dict[str, Any]:
    """Its lines begin with spaces, as a model writes code."""
    return {
        "type": "faulty_line",
        "stem": f"It should add up the frames of {mark}, one by one. Which line is at fault?",
        "choices": [
            {
                "text": line,
                "is_correct": line == FAULTY.strip("`"),
                "rationale": "Follow the sum from frame to frame.",
            }
            for line in ("total = 0", "for frame in frames:", FAULTY.strip("`"), "print(total)")
        ],
        "explanation": "The sum is thrown away with every frame.",
        "objective": "Count frames",
        "difficulty": 3,
    }


def choose_one(mark: str, number: int) -> dict[str, Any]:
    """The correct one is as long as the others."""
    topic, deed = DEEDS[number % len(DEEDS)]
    texts = [f"It {verb} the bees that are in the hive with the {topic}." for _, verb in DEEDS]
    return {
        "type": "single",
        "stem": f"During visit {number + 1} with mark {mark}, what does {topic} do?",
        "choices": [
            {
                "text": text,
                "is_correct": index == number % len(DEEDS),
                "rationale": f"Watch the {topic} for a while and you see it.",
            }
            for index, text in enumerate(texts)
        ],
        "explanation": f"Seen in the hive, {topic} {deed} the bees.",
        "objective": f"Explain {topic}",
        "difficulty": 2,
    }


def resource(mark: str, number: int) -> dict[str, Any]:
    return {
        "title": f"Bees, part {number + 1}",
        "url": f"https://bees.example/{mark}/{number + 1}",
        "kind": "article",
        "why": "It shows every step with a drawing.",
        "language": "en",
        "minutes": 15,
        "is_free": True,
    }


def tutorial(mark: str) -> str:
    sections = ("Why it matters", "How it works", "An example", "What goes wrong", "Try it")
    paragraphs = [
        f"## {title}\n\n"
        + " ".join(
            f"In part {number + 1} of {mark} you find {words}, and the bees do not mind."
            for number, words in enumerate(WORDS)
        )
        for title in sections
    ]
    return "\n\n".join(["# Looking into the hive", *paragraphs, "$\\frac{a}{b}$ is a share."])


def fill(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """The smallest thing that fits a schema."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return fill(root["$defs"][name], root)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return fill(schema[several][0], root)
    kind = schema.get("type")
    if kind == "object":
        return {name: fill(part, root) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [fill(schema.get("items", {}), root) for _ in range(schema.get("minItems", 1))]
    number = schema.get("minimum", 1)
    plain = {"string": "words", "integer": number, "number": number, "boolean": True}
    return plain.get(str(kind))
