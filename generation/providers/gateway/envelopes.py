"""Answers as servers really send them, brought to the one form that the library validates. Pure.

Only what is needed is taken over. Servers leave out all kinds of fields, put null, numbers or
objects where text belongs, and tell what they like besides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from generation.port.characters import escape_halves, mend_encoding, whole_characters
from generation.providers.gateway.bounds import (
    MOST_CHARACTERS,
    TooLarge,
    Unreadable,
    count_of,
    read_json,
)
from generation.providers.gateway.texts import Texts

MOST_NAME = 200
# Names of the same count, the usual one first.
_TOKENS_IN = ("prompt_tokens", "input_tokens", "prompt_eval_count")
_TOKENS_OUT = ("completion_tokens", "output_tokens", "eval_count")
_THOUGHTS = ("reasoning_content", "reasoning", "thinking", "thoughts")
# How often JSON is unpacked that stands in a string.
MOST_WRAPPERS = 3
# What nobody reads, in the place of thoughts that are all there is.
ALL_IS_THOUGHT = "(thoughts)"


@dataclass
class Figures:
    """Tokens, as a server tells them: once, or with each piece all of them so far. What it said
    last of each counts."""

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0

    def note(self, body: dict[str, Any]) -> None:
        for told in _usages(body):
            self.tokens_in = _first_count(told, _TOKENS_IN) or self.tokens_in
            self.tokens_out = _first_count(told, _TOKENS_OUT) or self.tokens_out
            details = told.get("prompt_tokens_details")
            cached = details.get("cached_tokens") if isinstance(details, dict) else None
            self.tokens_cached = count_of(cached) or self.tokens_cached

    def as_usage(self) -> dict[str, Any] | None:
        if not (self.tokens_in or self.tokens_out):
            return None
        return {
            "prompt_tokens": self.tokens_in,
            "completion_tokens": self.tokens_out,
            "total_tokens": self.tokens_in + self.tokens_out,
            "prompt_tokens_details": {"cached_tokens": min(self.tokens_cached, self.tokens_in)},
        }


def _usages(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Moonshot tells it in the choice, Groq beside the answer, some as fields of the answer."""
    groq = body.get("x_groq")
    choice = choice_of(body) or {}
    for told in (
        choice.get("usage"),
        groq.get("usage") if isinstance(groq, dict) else None,
        body.get("usage"),
        body,
    ):
        if isinstance(told, dict):
            yield told


def _first_count(told: dict[str, Any], names: tuple[str, ...]) -> int:
    return next((count for name in names if (count := count_of(told.get(name)))), 0)


def choice_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """The first answer of several, by its number; the numbers may be missing."""
    choices = body.get("choices")
    if isinstance(choices, dict):
        choices = [choices]
    if not isinstance(choices, list):
        return None
    known = [choice for choice in choices if isinstance(choice, dict)]
    return min(known, key=lambda choice: count_of(choice.get("index")), default=None)


@dataclass
class Said:
    """What one choice says, of a whole answer or of a piece of one."""

    text: str = ""
    refusal: str = ""
    finish: str | None = None
    thoughts: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_something(self) -> bool:
        """White space alone is as good as silence."""
        return any((self.text.strip(), self.refusal, self.finish, self.thoughts, self.calls))


def said_in(choice: dict[str, Any], *, has_begun: bool = False) -> Said:
    """Where a piece has a part for pieces and one for the whole, the one that says something; once
    pieces have come, the whole at their end is the same again."""
    parts = [choice[name] for name in ("delta", "message", "text") if choice.get(name)]
    if has_begun and "delta" in choice:
        parts = [choice["delta"]] if choice["delta"] else []
    finish, said = _finish_of(choice), Said()
    for part in parts:
        said = _said_in(part if isinstance(part, dict) else {"content": part})
        if said.is_something:
            break
    return replace(said, finish=finish)


def _said_in(message: dict[str, Any]) -> Said:
    refusal = message.get("refusal")
    return Said(
        text=text_of(message.get("content")),
        refusal=refusal if isinstance(refusal, str) else "",
        thoughts=next(filter(str.strip, (text_of(message.get(name)) for name in _THOUGHTS)), ""),
        calls=list(_calls(message)),
    )


def _finish_of(choice: dict[str, Any]) -> str | None:
    """Some write down that there is none yet, as a word."""
    finish = choice.get("finish_reason")
    if isinstance(finish, list):
        finish = finish[0] if finish else None
    if isinstance(finish, int) and not isinstance(finish, bool):
        finish = str(count_of(finish))
    if not isinstance(finish, str) or finish.strip().casefold() in {"", "null", "none"}:
        return None
    return finish[:MOST_NAME]


def text_of(content: Any) -> str:
    """Of a text, a list of parts, or an object that should have been written down as text."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text_of_part(part) for part in content if isinstance(part, str | dict))
    if isinstance(content, dict):
        part = _text_of_part(content)
        return part or json.dumps(content, ensure_ascii=False)
    return ""


def _text_of_part(part: str | dict[str, Any]) -> str:
    """Thoughts and pictures are parts, too."""
    if isinstance(part, str):
        return part
    if part.get("type") not in (None, "text", "output_text"):
        return ""
    text = part.get("text", part.get("content"))
    text = text.get("value") if isinstance(text, dict) else text
    return text if isinstance(text, str) else ""


def _calls(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    calls = message.get("tool_calls")
    if isinstance(calls, dict):
        calls = [calls]
    called = [call for call in calls or [] if isinstance(call, dict)]
    old = message.get("function_call")
    for number, call in enumerate([*called, *([{"function": old}] if old else [])]):
        function = call.get("function") if isinstance(call.get("function"), dict) else call
        if not isinstance(function, dict):
            continue
        name, index = function.get("name"), call.get("index")
        yield {
            "index": count_of(index) if index is not None else number,
            "name": name if isinstance(name, str) else "",
            "arguments": arguments_of(function.get("arguments")),
        }


def arguments_of(arguments: Any) -> str:
    """As JSON text, which is what they should have been."""
    for _ in range(MOST_WRAPPERS):
        if not (isinstance(arguments, str) and arguments.lstrip().startswith('"')):
            break
        try:
            arguments = read_json(arguments.encode("utf-8", "surrogatepass"))
        except (Unreadable, TooLarge):
            break
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _fit(arguments: str) -> str:
    """To be read."""
    return escape_halves(mend_encoding(arguments))


@dataclass
class Answer:
    """Gathers an answer, be it whole or in pieces."""

    model: str
    figures: Figures = field(default_factory=Figures)
    said: Said = field(default_factory=Said)
    index: int | None = None
    # Said before more came: that is no end, but a word in each piece.
    ends_in_vain: bool = False
    texts: Texts = field(default_factory=Texts)
    _thought: Texts = field(default_factory=Texts)
    _length: int = 0
    # Those of `said`, by their numbers.
    _calls: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        return bool(self.said.finish) and not self.ends_in_vain

    def add(self, body: dict[str, Any]) -> Said | None:
        """What a piece says; None where it is of another choice, or of none."""
        self.figures.note(body)
        choice = choice_of(body)
        if choice is None:
            return None
        has_begun = bool(self.texts.length or self._calls)
        index, piece = count_of(choice.get("index")), said_in(choice, has_begun=has_begun)
        if self.index is None and piece.is_something:
            self.index = index
        if index != (index if self.index is None else self.index):
            return None
        self._grow(piece)
        return piece

    def _grow(self, piece: Said) -> None:
        self._length += sum(len(call["arguments"]) for call in piece.calls)
        self.texts.add(piece.text)
        if self.texts.length + self._length > MOST_CHARACTERS:
            raise TooLarge(f"more than {MOST_CHARACTERS} characters of text")
        if self._thought.length < MOST_CHARACTERS:
            self._thought.add(piece.thoughts[:MOST_CHARACTERS])
        self.said.refusal += piece.refusal
        self.ends_in_vain = self.ends_in_vain or bool(self.said.finish and piece.text)
        self.said.finish = piece.finish or self.said.finish
        for call in piece.calls:
            known = self._calls.get(call["index"])
            if known is None:
                self._calls[call["index"]] = known = dict(call)
                self.said.calls.append(known)
            else:
                known["name"] = known["name"] or call["name"]
                known["arguments"] += call["arguments"]

    def _message(self) -> dict[str, Any]:
        """Its words; and a sign where there are but thoughts, unless they are the object itself,
        as with servers that cannot tell when a model does not think."""
        text, thought = mend_encoding(self.texts.joined()), self._thought.joined().strip()
        is_mute = not (text.strip() or self.said.calls or self.said.refusal) and thought
        if is_mute and thought.startswith("{") and thought.endswith("}"):
            text, is_mute = thought, False
        thoughts = {"reasoning_content": ALL_IS_THOUGHT} if is_mute else {}
        refusal = self.said.refusal or None
        return {"role": "assistant", "content": text or None, "refusal": refusal} | thoughts

    def completion(self) -> dict[str, Any]:
        """All of it, in the form of an answer that is not streamed."""
        calls = [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {"name": call["name"], "arguments": _fit(call["arguments"])},
            }
            for number, call in enumerate(self.said.calls)
        ]
        message = self._message() | {"tool_calls": calls or None}
        choice = {"index": 0, "message": message, "finish_reason": self.said.finish}
        return self._envelope("chat.completion", [choice]) | {"usage": self.figures.as_usage()}

    def chunk(self) -> dict[str, Any]:
        """All of it, in the form of a piece of a stream."""
        choice = {"index": 0, "delta": self._message(), "finish_reason": self.said.finish}
        return self._envelope("chat.completion.chunk", [choice])

    def last_chunk(self) -> dict[str, Any]:
        return self._envelope("chat.completion.chunk", []) | {"usage": self.figures.as_usage()}

    def _envelope(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        name = whole_characters(self.model)[:MOST_NAME]
        return {"id": "answer", "object": kind, "created": 0, "model": name, "choices": choices}
