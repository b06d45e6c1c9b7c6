"""What a server was found not to take, and how it is asked instead.

Some models' templates have no place for a system message; some servers refuse a field by its name.
Then the same is asked in another way, at once and for as long as the process lives.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Also 500: llama.cpp and SGLang, where a template raises.
SAID_UNDER = {400, 415, 422, 500, 501}
# OpenRouter finds no endpoint that has the field.
NAMED_UNDER = {400, 404, 415, 422, 501}
_NO = (
    r"(?:(?:not|cannot) (?:be )?(?:support|allow|enabl|permit|accept|implement|availab|have)"
    r"|n't (?:support|allow|accept|have)|no support|unsupported|unknown|unexpected|unrecogni[sz]ed"
    r"|invalid|disabled|forbidden|unavailable)"
)
# A field's name is wrong, not what it holds.
OF_THE_FIELD = re.compile(
    r"unsupported|not support|n't support|instead|extra_forbidden|not permitted"
    r"|unknown|unrecogni[sz]ed|unexpected",
    re.IGNORECASE,
)
# The role, and neither the machine nor the whole of it.
_SYSTEM = r"(?<!operating )(?<!the )\bsystem\b(?! (?:error|failure))"
_NO_SYSTEM = re.compile(
    rf"{_SYSTEM}[^.\n]{{0,60}}{_NO}|{_NO}[^\n]{{0,80}}{_SYSTEM}"
    r"|\bno system (?:role|message|prompt)|\brole\b\W{1,4}system\b|\bsystem\b\W[^\n]{0,40}\brole\b"
    r"|developer instruction is not enabled|roles? must alternate"
    r"|only '?user'?(?:,| and) '?(?:assistant|model)|should be '?user'? or '?assistant"
    r"|\broles?\b[^\n]{0,60}\buser\b|\buser\b[^\n]{0,30}\brole\b"
    r"|role[^\n]{0,20}不能为 ?system|不支持 ?system|system ?不(?:被)?支持",
    re.IGNORECASE,
)
_NO_TOOLS = re.compile(
    rf"\b(?:tools?|functions?)\b[^.\n]{{0,60}}{_NO}|{_NO}[^\n]{{0,40}}\b(?:tools?|functions?)\b"
    r"|support tool|tool.call.parser|--jinja|input_schema|function.declaration",
    re.IGNORECASE,
)
_NO_FORMAT = re.compile(
    r"response.?format|schema|json.?object|json mode|structured.?output|guided|grammar"
    r"|constrained|format type|output format",
    re.IGNORECASE,
)
# What llama.cpp and Ollama say under 500, of what will never be otherwise.
_FOR_GOOD = re.compile(r"--jinja|json.?schema|response.?format|grammar", re.IGNORECASE)
_NO_STREAM = re.compile(
    rf"\bstream(?:ing)?\b[^.\n]{{0,40}}{_NO}|{_NO}[^\n]{{0,40}}\bstream(?:ing)?\b"
    r"|\bstream\b\W{1,4}(?:must|should|has to)|(?:not|verified to) stream",
    re.IGNORECASE,
)
_ROOM = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
# Never left out: without them nothing is asked, or nothing bounds the answer.
_NEEDED = {"model", "messages", "stream", "tools", "response_format", *_ROOM}
_RULE = "Answer with one JSON object and nothing else. It must fit this JSON schema:\n"

Body = dict[str, Any]


@dataclass
class Concessions:
    """Of one model of one server. `version` grows with each: whoever asked before asks again."""

    version: int = 0
    merges_system: bool = False
    streams: bool = True
    tools: bool = True
    # How an object is asked for: as configured (0), by `json_object` (1), by words alone (2).
    form: int = 0
    renames_room: bool = False
    dropped: set[str] = field(default_factory=set)

    def learn(self, status: int, said: str, sent: Body, asked_at: int) -> bool:
        """Whether it is worth asking again, otherwise than in that version."""
        if asked_at != self.version:
            return status in SAID_UNDER | NAMED_UNDER
        is_named = status in NAMED_UNDER or (status in SAID_UNDER and _FOR_GOOD.search(said))
        named = is_named and self._give_up_field(said, sent)
        if not named and not (status in SAID_UNDER and self._give_up_system(said, sent)):
            return False
        self.version += 1
        return True

    def _give_up_system(self, said: str, sent: Body) -> bool:
        has_system = any(_role(message) == "system" for message in sent.get("messages", ()))
        if self.merges_system or not has_system or not _NO_SYSTEM.search(said):
            return False
        self.merges_system = True
        return True

    def _give_up_field(self, said: str, sent: Body) -> bool:
        if self._rename_room(said, sent) or self._drop(said, sent):
            return True
        if "response_format" in sent and _NO_FORMAT.search(said):
            is_schema = sent["response_format"].get("type") == "json_schema"
            self.form = 1 if is_schema else 2
            return True
        if "tools" in sent and _NO_TOOLS.search(said):
            self.tools = False
            return True
        if sent.get("stream") and _NO_STREAM.search(said):
            self.streams = False
            return True
        return False

    def _rename_room(self, said: str, sent: Body) -> bool:
        known = next((name for name in _ROOM if name in sent and _names(said, name)), None)
        if known is None or self.renames_room or not OF_THE_FIELD.search(said):
            return False
        self.renames_room = True
        return True

    def _drop(self, said: str, sent: Body) -> bool:
        refused = {name for name in set(sent) - _NEEDED if _names(said, name)}
        self.dropped |= refused
        return bool(refused)

    def apply(self, body: Body) -> Body:
        """What to send in its place."""
        body = {name: value for name, value in body.items() if name not in self.dropped}
        if self.renames_room:
            body = {_ROOM.get(name, name): value for name, value in body.items()}
        if not self.streams:
            body = {name: value for name, value in body.items() if not name.startswith("stream")}
        schema = self._take_schema(body)
        messages = body["messages"]
        if schema is not None:
            messages = [*_with_rule(messages, _RULE + json.dumps(schema, ensure_ascii=False))]
        if not self.tools or self.merges_system:
            messages = [_without_tools(message) for message in messages]
        if self.merges_system:
            messages = list(_in_turns(messages))
        return body | {"messages": messages}

    def _take_schema(self, body: Body) -> Any:
        """The schema that only words can tell; the fields for it go."""
        schema = None
        form = body.get("response_format") or {}
        if self.form and form.get("type") == "json_schema":
            schema = form["json_schema"]["schema"]
            body["response_format"] = {"type": "json_object"}
        if self.form > 1:
            body.pop("response_format", None)
        if not self.tools and (tools := body.pop("tools", None)):
            body.pop("tool_choice", None)
            body.pop("parallel_tool_calls", None)
            schema = tools[0]["function"]["parameters"]
        return schema


def _names(said: str, name: str) -> bool:
    return re.search(rf"(?<![A-Za-z_]){name}(?![A-Za-z_])", said) is not None


def _role(message: Body) -> str:
    role = str(message.get("role"))
    return "system" if role == "developer" else role


def _text(message: Body) -> str:
    content = message.get("content")
    return content if isinstance(content, str) else json.dumps(content or "", ensure_ascii=False)


def _with_rule(messages: list[Body], rule: str) -> Iterator[Body]:
    """The first message, whosever it is, says it, too."""
    first, *others = messages
    yield first | {"content": f"{_text(first)}\n\n{rule}"}
    yield from others


def _without_tools(message: Body) -> Body:
    """Calls of tools and what came of them, in the words of either side."""
    if _role(message) == "tool":
        return {"role": "user", "content": _text(message)}
    if calls := message.get("tool_calls"):
        called = "\n".join(str(call["function"]["arguments"]) for call in calls)
        return {"role": "assistant", "content": called}
    return message


def _in_turns(messages: list[Body]) -> Iterator[Body]:
    """User and assistant by turns, the user first: what a system message says, the user says."""
    spoken = [
        ("user" if _role(one) != "assistant" else "assistant", _text(one)) for one in messages
    ]
    for role, turn in itertools.groupby(spoken, key=lambda one: one[0]):
        yield {"role": role, "content": "\n\n".join(text for _, text in turn)}


# What is known lasts as long as the process: by address and model.
_KNOWN: dict[tuple[str, str], Concessions] = {}


def concessions_of(base_url: str, model: str) -> Concessions:
    return _KNOWN.setdefault((base_url, model), Concessions())


def forget_concessions() -> None:
    """For tests, whose servers come and go at the same addresses."""
    _KNOWN.clear()
