"""What stands between our marks is the tutorial; without them the whole answer is."""

from __future__ import annotations

from time import process_time

import pytest

from generation.providers.openai.unwrapping import clean_tutorial

CODE = "```python\nprint(1)\n```"
BODY = f"## Names\n\nA name refers to a value.\n\n{CODE}\n\n## Recap\n\nNames refer to values."

BEGIN, END = "=== tutorial ===", "=== end ==="


@pytest.mark.parametrize("before", ["", "Sure! Here is the tutorial:\n\n", "当然！\n", "---\n\n"])
@pytest.mark.parametrize("after", ["", "\n\nShall I go on?", "\n\n希望对你有帮助。"])
@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (BEGIN, END),
        (f"**{BEGIN}**", f"**{END}**"),
        (f"`{BEGIN}`", f"`{END}`"),
        (f"## {BEGIN}", f"## {END}"),
        ("==== TUTORIAL ====", "==== END ===="),
        ("===tutorial===", "===end==="),
        (f"  {BEGIN}  ", f"{END}\r"),
    ],
)
def test_what_stands_between_our_marks_is_the_tutorial(
    before: str, after: str, begin: str, end: str
) -> None:
    assert clean_tutorial(f"{before}{begin}\n\n{BODY}\n\n{end}{after}") == BODY


@pytest.mark.parametrize(
    "said",
    [
        f"{BEGIN}\n{BODY}",
        f"{BODY}\n{END}",
        f"{BODY}\n{END}\nGood luck!",
        f"Gladly.\n{BEGIN}\n{BODY}",
        # A draft, and then the tutorial itself.
        f"{BEGIN}\n## Draft\n{END}\nNow better:\n{BEGIN}\n{BODY}\n{END}",
        f"{BEGIN}\n## Draft\n{BEGIN}\n{BODY}\n{END}",
        f"{BEGIN}\n```markdown\n{BODY}\n```\n{END}",
        f"```markdown\n{BEGIN}\n{BODY}\n{END}\n```",
        f"<think>{BEGIN}\nnot this\n{END}</think>\n{BEGIN}\n{BODY}\n{END}",
        f"{BEGIN}\n{BODY}\n{END}\n{BEGIN}",
    ],
)
def test_marks_that_are_forgotten_or_doubled_lose_nothing(said: str) -> None:
    assert clean_tutorial(said) == BODY


@pytest.mark.parametrize(
    "line",
    [
        "I write between === tutorial === and === end ===.",
        "=== tutorial === begins what a model wrote",
        "=== endings ===",
        "=== tutorials ===",
        "x === end ===",
        f"{'=' * 100} end {'=' * 100}",
    ],
)
def test_a_line_that_says_more_is_no_mark(line: str) -> None:
    lesson = f"{BODY}\n\n{line}\n\nNames again."
    assert clean_tutorial(lesson) == lesson


@pytest.mark.parametrize("said", ["Sure! Here it is:", "You keep a shop.", "好的变量名。"])
@pytest.mark.parametrize("last", ["Happy coding!", "If you are stuck, please ask a colleague."])
def test_without_marks_the_whole_answer_is_the_tutorial(said: str, last: str) -> None:
    lesson = f"{said}\n\n{BODY}\n\n{last}"
    assert clean_tutorial(lesson) == lesson


SHOPPING = "# Shopping\n- milk"


@pytest.mark.parametrize(
    "said",
    [
        f"```markdown\n{BODY}\n```",
        f"Here is the tutorial:\n\n```md\n{BODY}\n```",
        f"好的，以下是教程：\n\n```markdown\n{BODY}\n```\n\n希望对你有帮助。",
        f"```\n{BODY}\n```\n\nNote that it leaves out scopes.",
        f"```text\n{BODY}\n```",
        # the model forgot the last fence
        f"```markdown\n{BODY}",
        f"Certainly!\n```markdown\n{BODY}",
    ],
)
def test_a_fence_around_the_whole_is_taken_off(said: str) -> None:
    assert clean_tutorial(said) == BODY


@pytest.mark.parametrize(
    "lesson",
    [
        f"You keep this file:\n\n```text\n{SHOPPING}\n```\n\n{BODY}\n\n```\nlast\n```\n\nThe end.",
        f"You keep this file:\n\n```markdown\n{SHOPPING}\n```\n\n{BODY}\n\n```md\n# B\n```\n\nEnd.",
        f"```markdown\n{SHOPPING}\n```\n\n{BODY}\n\n```markdown\n# Last\n```",
        f"```text\nmilk 3\n```\n\n{BODY}\n\n```text\nmilk 4\n```",
        f"```\nmilk 3\n```\n\n{BODY}\n\n```\nmilk 4\n```",
        f"Here is a file that somebody wrote:\n\n```text\n{SHOPPING}\n```\n\n{BODY}\n\n{CODE}",
        f"```markdown\n{SHOPPING}\n```\n\n## Names\n\nText.",
    ],
)
def test_a_fence_around_a_part_is_left(lesson: str) -> None:
    assert clean_tutorial(lesson) == lesson


def test_a_heading_full_of_spaces_is_read_in_a_moment() -> None:
    heading = "## Smoke" + " #" * 3_000 + " " * 3_000 + "and more"
    started = process_time()
    assert clean_tutorial(f"{heading}\n\n{BODY}", "Smoke").startswith("## Smoke")
    assert clean_tutorial(f"## Smoke ##  \n\n{BODY}", "Smoke") == BODY
    assert process_time() - started < 1
