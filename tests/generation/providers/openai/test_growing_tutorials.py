"""What of an answer is shown while it is being written: only the tutorial, never anything else."""

from __future__ import annotations

import pytest

from generation.providers.openai.unwrapping import clean_tutorial, growing_tutorial
from tests.generation.providers.openai.test_unwrapping import BEGIN, BODY, END

TITLE = "Names and values"
ANSWERS = (
    f"{BEGIN}\n{BODY}\n{END}",
    f"{BEGIN}\n\n{BODY}",
    f"Gladly. Here it comes:\n\n{BEGIN}\n{BODY}\n\n{END}\nGood luck!",
    f"**{BEGIN}**\n{BODY}\n**{END}**\n\nShall I go on?",
    f"{BEGIN}\r\n{BODY}\r\n{END}\r\n",
    f"{BEGIN}\n# {TITLE}\n\n{BODY}\n{END}",
    f"{BEGIN}\n## {TITLE}\n\n{BODY}\n{END}",
    f"{BEGIN}\n```markdown\n{BODY}\n```\n{END}",
    f"```markdown\n{BEGIN}\n{BODY}\n{END}\n```",
    f"<think>They want names. {BEGIN}?\nNot this.</think>\n{BEGIN}\n{BODY}\n{END}",
    f"<|channel|>analysis<|message|>Hm.<|end|><|channel|>final<|message|>{BEGIN}\n{BODY}\n{END}",
)


@pytest.mark.parametrize("answer", ANSWERS)
def test_at_every_moment_a_beginning_of_the_tutorial_is_shown_and_no_more(answer: str) -> None:
    """No thought, no mark, no title, no fence around it, no word to whoever asked."""
    shown = {growing_tutorial(answer[:cut], TITLE).rstrip() for cut in range(len(answer) + 1)}
    assert [text for text in shown if not BODY.startswith(text)] == []
    assert len(shown) > len(BODY) // 2


@pytest.mark.parametrize("answer", ANSWERS)
def test_in_the_end_it_is_what_will_be_stored(answer: str) -> None:
    assert growing_tutorial(answer, TITLE).rstrip() == clean_tutorial(answer, TITLE) == BODY


@pytest.mark.parametrize(
    "answer",
    [BODY, f"```markdown\n{BODY}\n```", f"{BODY}\n{END}", f"I think {BEGIN} comes.\n{BODY}"],
)
def test_without_our_mark_nothing_is_shown(answer: str) -> None:
    assert {growing_tutorial(answer[:cut], TITLE) for cut in range(len(answer) + 1)} == {""}


def test_a_better_text_takes_the_place_of_a_draft() -> None:
    draft = f"{BEGIN}\n## Draft\n\nHm.\n{END}\nNow better:\n"
    assert growing_tutorial(draft).rstrip() == "## Draft\n\nHm."
    assert growing_tutorial(f"{draft}{BEGIN}\n{BODY}").rstrip() == BODY
