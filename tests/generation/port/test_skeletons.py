"""A skeleton is read as it was printed, and as little as it takes is asked of who writes one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from generation.port.skeleton import Skeleton, print_skeleton
from generation.port.skeleton_reading import build_skeleton, read_skeleton
from tests.generation.port.skeletons import make_skeleton, shape, skeletons

PLAN = make_skeleton(8)
PRINTED = print_skeleton(PLAN)


def read(text: str) -> Skeleton:
    skeleton, problems = build_skeleton(read_skeleton(text))
    assert skeleton is not None, problems
    return skeleton


@settings(max_examples=100, deadline=None)
@given(skeletons())
def test_what_is_printed_is_read_as_it_was(skeleton: Skeleton) -> None:
    parsed = read_skeleton(print_skeleton(skeleton))
    assert build_skeleton(parsed) == (skeleton, [])
    assert parsed.is_whole
    assert parsed.passed_over == []


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400) | st.text("#-*. \n1ab:[]x<>/`", max_size=400))
def test_whatever_is_said_something_is_read(text: str) -> None:
    parsed = read_skeleton(text)
    assert all(0 <= problem.line <= text.count("\n") + text.count("\r") + 1
               for problem in parsed.problems)  # fmt: skip


@settings(deadline=None)
@given(st.integers(0, PRINTED.index("summary:") + len("summary:")))
def test_what_is_cut_off_before_its_summary_is_not_whole(end: int) -> None:
    assert not read_skeleton(PRINTED[:end]).is_whole


@settings(deadline=None)
@given(st.integers(0, len(PRINTED)))
def test_what_is_still_being_written_is_read_as_far_as_it_goes(end: int) -> None:
    """A title that grows is another from letter to letter; those before it stay."""
    parsed = read_skeleton(PRINTED[:end])
    seen = [
        concept.title for stage in parsed.stages for m in stage.modules for concept in m.concepts
    ]
    planned = [concept.title for concept in PLAN.concepts()]
    assert seen[:-1] == planned[: len(seen) - 1] if seen else True
    begun = [stage.title for stage in parsed.stages]
    assert begun[:-1] == [stage.title for stage in PLAN.stages][: len(begun) - 1] if begun else True


def test_a_stage_is_there_before_anything_is_in_it() -> None:
    [stage] = read_skeleton("verdict: roadmap\ntitle: Knots\n## Ropes").stages
    assert (stage.title, stage.modules) == ("Ropes", [])


AROUND = {
    "prose": f"Sure, here is the plan:\n- it has stages\n\n{PRINTED}\nI hope this helps!",
    "a fence": f"```markdown\n{PRINTED}```",
    "a fence and prose": f"Here:\n~~~\n{PRINTED}~~~\nDone.",
    "thoughts": f"<think>\nA draft.\n## No\n### Not this\n- nor that\n</think>\n{PRINTED}",
    "thoughts without a beginning": f"title: No\n## No\n- nor that\n</think>\n{PRINTED}",
    "thoughts on one line": f"<think>## No</think>{PRINTED}",
    "a draft": f"verdict: roadmap\ntitle: Draft\n## No\n- nor that\n\n{PRINTED}",
    "rules and blank lines": PRINTED.replace("## ", "\n---\n\n## "),
    "other ends of lines": PRINTED.replace("\n", "\r\n"),
    "bold heads": PRINTED.replace("verdict:", "**Verdict:**").replace("title:", "**Title**:"),
    "heads in a list": PRINTED.replace("verdict:", "- verdict:").replace("title:", "- title:"),
    "heads as headings": PRINTED.replace("title:", "# Title:").replace("summary:", "## Summary\n"),
    "a title as a heading": PRINTED.replace("title:", "#"),
    "the title twice": PRINTED.replace("## Ropes", f"# {PLAN.title}\n## Ropes"),
    "summary on the next line": PRINTED.replace("summary: ", "**Summary**:\n\n"),
    "words about a stage": PRINTED.replace("## Ropes", "## Ropes\nHere one learns of ropes."),
    "numbered titles": PRINTED.replace("## Ropes", "## Stage 1: Ropes").replace(
        "## Rescue", "## Stage 2: Rescue"
    ),
    "bold titles": PRINTED.replace("## Ropes", "## **Ropes**"),
    "other bullets": PRINTED.replace("- ", "• "),
    "stars": PRINTED.replace("- ", "  *   "),
    "no space after bullets": PRINTED.replace("- ", "-"),
    "numbers": PRINTED.replace("- ", "1. "),
    "boxes": PRINTED.replace("- ", "- [ ] "),
    "words about concepts": PRINTED.replace("- The knot 3", "- **The knot 3**: how it is tied"),
    "smaller headings": PRINTED.replace("## ", "### "),
    "greater headings": PRINTED.replace("## ", "# ").replace("#### ", "## "),
    "concepts as headings": PRINTED.replace("- ", "#### "),
    "closed headings": PRINTED.replace("## Ropes", "## Ropes ##"),
    "a quotation": "> " + PRINTED.replace("\n", "\n> "),
    "other blanks": "\ufeff" + PRINTED.replace("- ", "-\u00a0").replace("# ", "#\u3000"),
    "colons after headings": PRINTED.replace("## Ropes", "## Ropes:"),
    "a field for each line": PRINTED.replace("verdict: roadmap", "`verdict: roadmap`").replace(
        "title: Tying knots", "**title: Tying knots**"
    ),
    "all fields in a list": "".join(
        line if line[0] in "#-" else f"- **{line.replace(':', '**:')}"
        for line in PRINTED.splitlines(keepends=True)
    ),
    "Chinese fields": PRINTED.replace("title:", "标题：").replace("summary:", "总结："),
    "a summary for each stage": PRINTED.replace("## Rescue", "summary: Ropes.\n## Rescue"),
    "a level for each stage": PRINTED.replace("## Rescue", "## Rescue\nlevel: advanced"),
    "a title for each stage": PRINTED.replace("## Rescue", "## Rescue\ntitle: To the rescue"),
    "the summary in a list": PRINTED.replace("summary: ", "## Summary\n- "),
    "the verdict explained": f"{PRINTED}\nVerdict: roadmap, for knots can be learnt.",
    "another beginning": f"{PRINTED}\nOnce more:\nverdict: roadmap\ntitle: Tyi",
    "signs nobody sees": PRINTED.replace("Ropes", "\u202eRo\u2066pes"),
    "more language": PRINTED.replace("language: en", "language: en (English)"),
    "words for fields": PRINTED.replace("beginner", "Beginner (A1)").replace(": en", ": English"),
}  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
def test_a_plan_is_found_whatever_stands_around_it(around: str) -> None:
    assert AROUND[around] != PRINTED
    assert read(AROUND[around]) == PLAN
    assert read_skeleton(AROUND[around]).is_whole


def test_nothing_that_turns_a_text_around_is_kept_of_an_outline() -> None:
    bidi = "\u202a\u202e\u2066\u2069\u200e\u200f\u061c"
    turned = f"{bidi}\u05d7{bidi}\u05d1{bidi}"
    told = PLAN.model_dump() | {"title": turned, "summary": turned, "assumptions": [turned]}
    for part in (told["stages"][0], told["stages"][0]["modules"][0]):
        part["title"] = turned
    kept = Skeleton.model_validate(told)
    titles = (kept.title, kept.summary, kept.assumptions[0], kept.stages[0].title)
    assert (*titles, kept.modules()[0].title) == ("\u05d7\u05d1",) * 5
    with pytest.raises(ValidationError):
        Skeleton.model_validate(told | {"summary": bidi})


BOLD_HEADS = """
**Ropes**
**Fibres**
- Hemp
**Care**
- Drying
**Rescue**
**Loops**
- Bowline
summary: All.
"""
PASTED = {
    "headings in bold": BOLD_HEADS,
    "labels": "Stage 1: Ropes\nModule 1: Fibres\n- Hemp\nModule 2: Care\n- Drying\n"
    "Stage 2: Rescue\nModule 1: Loops\n- Bowline",
    "labels in bold": "**Stage 1:** Ropes\n**Module 1.1:** Fibres\n- Hemp\n**Module 1.2:** Care\n"
    "- Drying\n**Stage 2:** Rescue\n**Module 2.1:** Loops\n- Bowline",
    "labels in bold before other words": "**Stage 1: Ropes** (a week)\n**Module 1: Fibres** - what "
    "they are\n- Hemp\n**Module 2: Care**\n- Drying\n**Stage 2: Rescue** (an hour)\n"
    "**Module 3: Loops** …\n- Bowline",
    "arrows": "→ Ropes\n  → Fibres\n    → Hemp\n  → Care\n    → Drying\n"
    "→ Rescue\n  → Loops\n    → Bowline",
    "labels in bold in lists": "- **Stage 1**: Ropes\n  - **Module 1**: Fibres\n    - Hemp\n"
    "  - **Module 2:** Care\n    - Drying\n- **Stage 2**: Rescue\n  - **Module 3**: Loops\n"
    "    - **Bowline:** how it is tied",
    "labels of concepts": "Part I: Ropes\nChapter 1: Fibres\nLesson 1: Hemp\nChapter 2: Care\n"
    "Lesson 2: Drying\nPart II: Rescue\nChapter 3: Loops\nLesson 3: Bowline",
    "French labels": "Étape 1 : Ropes\nChapitre 1 : Fibres\n- Hemp\nChapitre 2 : Care\n- Drying\n"
    "Étape 2 : Rescue\nChapitre 3 : Loops\n- Bowline",
    "Chinese labels": "第一阶段：Ropes\n模块一：Fibres\n- 概念1：Hemp\n模块二：Care\n- Drying\n"
    "第二阶段：Rescue\n模块三：Loops\n- Bowline",
    "letters": "I. Ropes\nA. Fibres\n1. Hemp\nB. Care\n1. Drying\nII. Rescue\nA. Loops\n1. Bowline",
    "small letters": "(1) Ropes\n  (a) Fibres\n    - Hemp\n  (b) Care\n    - Drying\n"
    "(2) Rescue\n  (a) Loops\n    - Bowline",
    "words under its title": "# Rope work\n\nAll about ropes.\n\n## Ropes\n### Fibres\n- Hemp\n"
    "### Care\n- Drying\n## Rescue\n### Loops\n- Bowline",
    "words after it": "## Ropes\n### Fibres\n- Hemp\n### Care\n- Drying\n## Rescue\n### Loops\n"
    "- Bowline\n\nI hope this helps!",
    "indented lists": "- Ropes\n  - Fibres\n    - Hemp\n  - Care\n    - Drying\n"
    "- Rescue\n  - Loops\n    - Bowline",
    "tabs": "* Ropes\n\t* Fibres\n\t\t* Hemp\n\t* Care\n\t\t* Drying\n"
    "* Rescue\n\t* Loops\n\t\t* Bowline",
    "decimals": "1. Ropes\n1.1 Fibres\n1.1.1 Hemp\n1.2 Care\n1.2.1 Drying\n"
    "2. Rescue\n2.1 Loops\n2.1.1 Bowline",
    "numbers over bullets": "## Ropes\n1. Fibres\n- Hemp\n2. Care\n- Drying\n"
    "## Rescue\n1. Loops\n- Bowline",
}  # fmt: skip


@pytest.mark.parametrize("outline", PASTED)
def test_an_outline_from_elsewhere_is_told_by_how_deep_its_lines_lie(outline: str) -> None:
    parsed = read_skeleton(PASTED[outline])
    assert (parsed.problems, parsed.passed_over) == ([], [])
    assert shape(parsed) == {
        "Ropes": {"Fibres": ["Hemp"], "Care": ["Drying"]},
        "Rescue": {"Loops": ["Bowline"]},
    }


def test_a_plan_that_goes_on_after_a_summary_is_not_whole() -> None:
    begun, _, rest = PRINTED.partition("## Rescue")
    assert not read_skeleton(f"{begun}summary: Ropes.\n## Rescue{rest[:60]}").is_whole
    assert read_skeleton(f"{PRINTED}\n## What comes next\n- Practise every day").is_whole


def test_a_plan_that_is_begun_anew_and_cut_off_is_not_whole() -> None:
    assert not read_skeleton(PRINTED + PRINTED[: PRINTED.index("## Rescue")]).is_whole


def test_a_stage_without_modules_is_its_own() -> None:
    assert shape(read_skeleton("1. Ropes\n- Hemp\n2. Rescue\n- Bowline")) == {
        "Ropes": {"Ropes": ["Hemp"]},
        "Rescue": {"Rescue": ["Bowline"]},
    }


def test_what_is_ticked_is_known_already() -> None:
    parsed = read_skeleton("## Ropes\n### Fibres\n- [x] Hemp\n- [ ] Jute")
    assert [one.known for one in parsed.stages[0].modules[0].concepts] == [True, False]


@pytest.mark.parametrize(
    ("said", "verdict", "suggestions"),
    [
        ("verdict: question\nsuggestions: Heating; Physics；Heat", "question",
         ["Heating", "Physics", "Heat"]),
        ("**Verdict:** `not a goal`\nsuggestions:\n- Heating\n- Physics", "not_a_goal",
         ["Heating", "Physics"]),
        ("verdict: unsafe", "unsafe", []),
    ],
)  # fmt: skip
def test_a_verdict_comes_with_what_is_suggested_instead(
    said: str, verdict: str, suggestions: list[str]
) -> None:
    parsed = read_skeleton(said)
    assert (parsed.verdict, parsed.suggestions, parsed.is_whole) == (verdict, suggestions, True)
    assert parsed.problems == []


def test_a_verdict_without_its_suggestions_was_cut_off() -> None:
    assert not read_skeleton("verdict: unclear\nsugg").is_whole


def test_assumptions_may_be_a_line_or_a_list() -> None:
    line = PRINTED + "assumptions: You have a rope; You have time\n"
    listed = PRINTED + "## Assumptions\n\n- You have a rope\n2. You have time\n"
    assert (
        read(line).assumptions == read(listed).assumptions == ["You have a rope", "You have time"]
    )
