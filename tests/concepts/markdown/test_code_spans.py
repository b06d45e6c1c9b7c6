"""Code in the midst of a line begins and ends with as many backticks, however many there are."""

from __future__ import annotations

from time import process_time

import pytest

from concepts.lint.placeholders import find_placeholder
from concepts.markdown.code_spans import find_code_spans, replace_code_spans
from generation.providers.thoughts.stripping import strip_thoughts


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("no code", []),
        ("a `b` c", ["`b`"]),
        ("`a` and `b`", ["`a`", "`b`"]),
        ("``a ` b`` c", ["``a ` b``"]),
        ("`` ` `` and `` `` ``", ["`` ` ``", "`` ``"]),
        ("`a`` b` c", ["`a`` b`"]),
        ("```a`` b", []),
        ("a lonely ` is one", []),
        ("`a\nb`", []),
        ("`a` `\n` `b`", ["`a`", "` `"]),
        ("`a` ``\n``", ["`a`"]),
    ],
)
def test_code_ends_with_as_many_backticks_in_its_line(text: str, spans: list[str]) -> None:
    assert [text[start:end] for start, end in find_code_spans(text)] == spans


def test_spans_are_replaced_and_all_else_stays() -> None:
    assert replace_code_spans("say `a` and ``b`` or `", "x") == "say x and x or `"


@pytest.mark.parametrize(
    "line",
    [
        "`" * 60_000,
        "` " * 30_000,
        "".join("`" * length + " " for length in range(1, 345)),
        "`a`" * 20_000,
        "x <think> `" * 5_000,
        "x <think>y</think> z " * 3_000,
        "x</think> `` " * 5_000,
    ],
)
def test_a_line_full_of_backticks_is_looked_through_in_a_moment(line: str) -> None:
    started = process_time()
    find_placeholder(line)
    strip_thoughts(line)
    assert process_time() - started < 1
