"""What a model thinks must never reach a learner; what a tutorial says of thinking must."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concepts.markdown.blocks import split_blocks
from generation.providers.thoughts.stripping import strip_thoughts

deterministic = settings(derandomize=True, deadline=None)

TEXT = "## Names\n\nA name refers to a value.\n\n```python\nx = 1\n```\n\n## Practice\n\nTry it."


@pytest.mark.parametrize(
    "said",
    [
        f"<think>What to say?\n\n## Not this\n</think>\n\n{TEXT}",
        f"<Reasoning>\nIt may be\n```python\nlong\n```\nor not.\n</Reasoning>\n{TEXT}",
        f"<think>one</think><think>two</think>{TEXT}",
        f"<think>it prints '</think>' and so\n</think>{TEXT}",
        f"<think>\n```python\nprint('</think>')\n```\nGood.\n</think>\n{TEXT}",
        f"<think>\n```python\nnever closed\n</think>\n{TEXT}",
        f"<think>in <thinking> they\nsay </thinking> too</think>\n{TEXT}",
        f"<think>\n</think>\n{TEXT}",
        f"It began unseen, with\n\n## A draft\n</think>\n{TEXT}",
        f"It began unseen.\n```python\nwith code\n```\nOkay. </think>{TEXT}",
        f"I must not write <think> here. Okay, go.\n</think>\n{TEXT}",
        f"好的，开始写</think>{TEXT}",
        f"{TEXT}\n\n<think>was that enough?</think>",
        f"{TEXT}\n\n<think>cut off in the middle of",
        f"{TEXT} <think>Cut off in the middle of",
        f"{TEXT}<think>\n**Cut off**\n\n## in\n\n```python\nx = 2\n```\n\nthe middle of",
        f"{TEXT}\n<think>**Cut off** in the middle of",
        f'{TEXT}\n<think>"Cut off" in the middle of',
        f"{TEXT}\n\n<think>\nhere is\n```python\nx = 2\n```\n</think>",
    ],
)
def test_thoughts_are_dropped_though_an_end_be_lost(said: str) -> None:
    assert strip_thoughts(said).strip() == TEXT


def test_a_thought_between_two_parts_takes_its_code_along() -> None:
    thought = "<think>\nOr rather:\n```python\nx = 2\n```\nNo. I use <think> no more.\n</think>\n"
    first, second = TEXT.split("## Practice")
    assert strip_thoughts(f"{first}{thought}## Practice{second}") == TEXT.replace(
        "## Practice", "\n## Practice"
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "It writes `<think>` before it thinks, and `</think>` after that.",
        "It writes ``a `<think>` b`` and `x </think> y`.",
        "`<think>` opens a thought.",
        "A template that ends in `…\\n<think>\\n` forces thoughts.",
        "The model emits <think> before it answers.",
        "What follows <think>, or <reasoning>, is hidden.",
        "All that stands between <think> and </think> is hidden.",
        "Thoughts are wrapped in <think>...</think> by most of them.",
        "<think> and </think> are plain text to the tokenizer.",
        "- <think>: opens a thought\n- </think>: closes it",
        "| <think> | opens a thought |\n| </think> | closes it |",
        'The tags "<think>" and "</think>" are special, as (<thought>) is.',
        "The end is marked by </think>, then comes the answer.",
        "Cut the answer at </think> and keep the rest.",
        "### The <think> tag",
        "模型先输出 <think> 标签，然后才回答。",
        "模型在“<think>”和“</think>”之间推理，先写<think>再写推理过程。",
        "```xml\n<think>\nkept\n</think>\n```",
        "```\n</think>\n```",
        "~~~python\nif '<think>' in answer:\n    answer = answer.split('</think>')[1]\n~~~",
    ],
)
def test_a_tag_that_is_spoken_of_takes_nothing_with_it(sentence: str) -> None:
    lesson = f"{TEXT}\n\n## Thoughts\n\n{sentence}\n\n{TEXT}"
    assert strip_thoughts(lesson) == lesson


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<think> opens a thought, so all of this is one", ""),
        ("First. <think>No closing tag", "First. "),
        ("First.\n<think> no closing tag\n\n## More\n\ntext", "First.\n"),
        ("It is 7. <think>Or 8? No.</think> So it is 7.", "It is 7.  So it is 7."),
        ("It is <think>or not</think> 7.", "It is  7."),
        ("结果是<think>让我想想</think>七。", "结果是七。"),
        (
            "x <think> hmm\n</think>\nAll before it may be thought.",
            "\nAll before it may be thought.",
        ),
        ("A tag, <think> or not, and\n</think>\nan end.", "\nan end."),
    ],
)
def test_in_doubt_a_tag_is_a_thought(said: str, kept: str) -> None:
    assert strip_thoughts(said) == kept


@pytest.mark.parametrize(
    ("piece", "left"),
    [("<think>a</think>", ""), ("a <think> b ", "a <think> b " * 20_000), ("</think>\n", "\n")],
)
def test_thousands_of_tags_do_not_stop_the_loop(piece: str, left: str) -> None:
    assert strip_thoughts(piece * 20_000) == left


PIECES = ["<think>", "</think>", "```", "```python", "## A", "word", "", "---", "`", "<think>x"]


@deterministic
@given(st.lists(st.sampled_from(PIECES)), st.sampled_from(["\n", ""]))
def test_no_thought_is_left_outside_of_code(pieces: list[str], glue: str) -> None:
    stripped = strip_thoughts(glue.join(pieces))
    assert strip_thoughts(stripped) == stripped
    if glue:
        prose = [block for block in split_blocks(stripped) if not block[0]]
        assert not [lines for _, lines in prose if "<think>" in lines]
