"""What a model server may send is read in the event loop, so nothing in it takes long to read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from generation.providers.gateway.bounds import MOST_BYTES, read_json
from generation.providers.gateway.envelopes import Answer
from generation.providers.gateway.events import MOST_LINES, Events
from generation.providers.gateway.said_errors import find_error
from tests.hostile.measuring import LOOP_SECONDS, find_fault

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def _listed(piece: str, many: int) -> str:
    return ",".join(piece.replace("#", str(number)) for number in range(many))


def _gathered(body: str) -> Callable[[], object]:
    return partial(Answer("model").add, read_json(body.encode()))


@pytest.mark.parametrize(
    "call",
    ['{"index":#}', '{"index":0,"function":{"arguments":"a"}}', '{"function":{"name":"a"}}'],
)
def test_an_answer_may_call_thousands_of_tools(call: str) -> None:
    def run(many: int) -> Callable[[], object]:
        return _gathered(f'{{"choices":[{{"message":{{"tool_calls":[{_listed(call, many)}]}}}}]}}')

    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=20_000) is None


@pytest.mark.parametrize("choice", ['{"index":#}', "{}", "[]"])
def test_an_answer_may_hold_thousands_of_choices(choice: str) -> None:
    def run(many: int) -> Callable[[], object]:
        return _gathered(f'{{"choices":[{_listed(choice, many)}]}}')

    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=40_000) is None


@pytest.mark.parametrize("error", ['{"#":1}', "[#]", '{"#":"a"}', '"#"'])
def test_an_error_may_be_as_long_as_an_answer(error: str) -> None:
    opening, closing = (error[0], error[-1]) if error[0] != '"' else ("[", "]")
    part = error if error[0] == '"' else error[1:-1]

    def run(many: int) -> Callable[[], object]:
        body = f'{{"error":{opening}{_listed(part, many)}{closing}}}'
        return partial(find_error, read_json(body.encode()))

    assert find_fault(run, most_seconds=LOOP_SECONDS / 2, longest=90_000) is None


def test_an_event_that_always_seems_to_end_is_not_read_again_with_each_line() -> None:
    def feed(stream: bytes) -> object:
        return list(Events().feed(stream))

    def run(length: int) -> Callable[[], object]:
        return partial(feed, b'data: {"a":"' + b"x" * length + b"\ndata:}" * (MOST_LINES - 2))

    assert find_fault(run, most_seconds=LOOP_SECONDS, longest=MOST_BYTES - 1_000) is None


def test_an_event_of_several_lines_is_read_where_nothing_stands_between_two() -> None:
    stream = b'data: {"a": [{}\ndata: , {}\ndata: ]}\ndata: {"b": 1}\n'
    assert list(Events().feed(stream)) == [{"a": [{}, {}]}, {"b": 1}]


@pytest.mark.parametrize(
    "body",
    [
        b'"' + b"\\u0041" * (MOST_BYTES // 6 - 1) + b'"',
        b"[" + b",".join([b"1.123456789012345678"] * 180_000) + b"]",
        b"1" * MOST_BYTES,
        b"0." + b"1" * (MOST_BYTES - 2),
        b"[" * 99_000,
        b"\xff" * MOST_BYTES,
        b" " * MOST_BYTES,
    ],
    ids=["escapes", "fractions", "a number", "a fraction", "nested", "no text", "spaces"],
)
def test_the_longest_answer_is_parsed_in_time(body: bytes) -> None:
    run = partial(read_json, body)
    assert find_fault(lambda _: run, most_seconds=LOOP_SECONDS, longest=MOST_BYTES) is None
