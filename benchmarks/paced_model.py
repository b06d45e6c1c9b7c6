"""A model that says so many words a second, after a moment of silence, to whoever asks at once."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.apart import stay
from tests.generation.providers.gateway import writings
from tests.generation.providers.gateway.model_server import MODEL, ModelServer, completion
from tests.generation.providers.gateway.received import Received

# About what tokenizers make of English and of JSON.
_TOKEN = re.compile(r"\w{1,6}|[^\w\s]")
# Tokens that go into one event of a stream.
_AT_ONCE = 4


def count_tokens(text: str) -> int:
    return len(_TOKEN.findall(text))


@dataclass(frozen=True)
class Pace:
    """`tokens` a second, the first after `silence` seconds."""

    tokens: float
    silence: float


def serve_plan(concepts: int, pace: Pace, telling: Connection) -> None:
    """Until this process is ended."""
    with ModelServer(raw=answer_at(pace, partial(say, plan=plain_plan(concepts)))) as server:
        stay(telling, server.base_url)


def answer_at(
    pace: Pace, say: Callable[[Received], str]
) -> Callable[[Received], Iterator[bytes | float]]:
    """For `ModelServer.raw`: what it says takes its time, streamed or whole."""

    def answer(request: Received) -> Iterator[bytes | float]:
        content = say(request)
        request.tokens_in, request.tokens_out = count_tokens(request.text), count_tokens(content)
        begin = request.at + pace.silence
        if request.body.get("stream"):
            return _stream(request, content, begin, pace)
        return _whole(request, content, begin + request.tokens_out / pace.tokens)

    return answer


def _whole(request: Received, content: str, due: float) -> Iterator[bytes | float]:
    yield _pause(due)
    body = json.dumps(completion(request, content)).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    yield f"{head}\r\nConnection: close\r\n\r\n".encode() + body


def _stream(request: Received, content: str, begin: float, pace: Pace) -> Iterator[bytes | float]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    ends = [found.end() for found in _TOKEN.finditer(content)][_AT_ONCE - 1 :: _AT_ONCE]
    start = 0
    for place, end in enumerate([*ends, len(content)], start=1):
        yield _pause(begin + place * _AT_ONCE / pace.tokens)
        yield _event([{"index": 0, "delta": {"role": "assistant", "content": content[start:end]}}])
        start = end
    yield _event([{"index": 0, "delta": {}, "finish_reason": "stop"}])
    yield _event([], usage=completion(request, "")["usage"])
    yield b"data: [DONE]\n\n"


def _pause(due: float) -> float:
    return max(0.0, due - time.monotonic())


def _event(choices: list[dict[str, Any]], **fields: Any) -> bytes:
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL}
    return f"data: {json.dumps(chunk | {'choices': choices} | fields)}\n\n".encode()


def plain_plan(concepts: int) -> dict[str, Any]:
    """A plan as long as models write it: three concepts a module, three modules a stage."""
    told = [_concept(number) for number in range(1, concepts + 1)]
    modules = [
        {
            "title": f"Working through the hive, {_name(place)}",
            "summary": "What one visit to the hive teaches to whoever looks closely enough.",
            "concepts": told[start : start + 3],
        }
        for place, start in enumerate(range(0, concepts, 3))
    ]
    return {
        "verdict": "roadmap",
        "suggestions": [],
        "title": "Keeping bees in a small garden",
        "summary": "From the first look into a hive to honey in jars, through one whole year.",
        "language": "en",
        "level": "beginner",
        "assumptions": ["You have room for one hive.", "You have never been stung badly."],
        "stages": [
            {
                "title": f"A season with the bees, {_name(place)}",
                "summary": "What the learner can do once this season of the year is over.",
                "modules": modules[start : start + 3],
            }
            for place, start in enumerate(range(0, len(modules), 3))
        ],
    }


def _name(place: int) -> str:
    return ("early", "warm", "late", "cold")[place % 4] + " " + "abcdefghijklmnop"[place // 4]


def _concept(number: int) -> dict[str, Any]:
    return {
        "key": f"c{number}",
        "title": f"Reading what frame {number} tells about the colony",
        "summary": f"How frame {number} shows whether the queen lays, what the brood lacks, and "
        "what a keeper has to do about it before the next visit in a week.",
        "kind": "concept",
        "difficulty": 1 + number % 5,
        "est_minutes": 30,
        "practice_minutes": 15,
        "objectives": [
            f"Name the parts of frame {number} that hold brood, pollen and honey",
            f"Explain why the pattern on frame {number} is a good or a bad sign",
            f"Choose what to do at the next visit after looking at frame {number}",
        ],
        "keywords": ["brood pattern", "frame", "queen", "inspection", "colony strength"],
        "requires": [f"c{number - 1}"] if number > 1 else [],
    }


def say(request: Received, plan: dict[str, Any]) -> str:
    """The same words for both ways of planning."""
    if request.purpose == "outline":
        return json.dumps(plan)
    if request.purpose == "skeleton":
        return _as_lines(plan)
    if request.purpose == "details":
        return json.dumps({"concepts": _asked(request, plan)})
    if request.purpose == "tutorial":
        text = writings.tutorial(str(count_tokens(request.text)))
        return f"=== tutorial ===\n{text}\n=== end ==="
    told = writings.write(request.purpose, request.schema, request.text, concepts=4)
    return json.dumps(told)


def _asked(request: Received, plan: dict[str, Any]) -> list[dict[str, Any]]:
    concepts = {
        one["key"]: {name: value for name, value in one.items() if name != "title"}
        for stage in plan["stages"]
        for module in stage["modules"]
        for one in module["concepts"]
    }
    return [concepts[one["key"]] for one in writings.data_in(request.text)["concepts"]]


def _as_lines(plan: dict[str, Any]) -> str:
    lines = ["verdict: roadmap", *(f"{name}: {plan[name]}" for name in ("title", "language"))]
    lines.append(f"level: {plan['level']}")
    for stage in plan["stages"]:
        lines.append(f"## {stage['title']}")
        for module in stage["modules"]:
            lines.append(f"### {module['title']}")
            lines += [f"- {concept['title']}" for concept in module["concepts"]]
    return "\n".join(
        [*lines, f"summary: {plan['summary']}", f"assumptions: {'; '.join(plan['assumptions'])}"]
    )
