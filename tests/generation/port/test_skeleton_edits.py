"""Whatever people do to a plan, in whatever order: it stays one, or they are told why not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.port.skeleton import Skeleton
from generation.port.skeleton_edits import (
    DOUBLE,
    GONE,
    MESSAGES,
    NO_TITLE,
    NOT_A_TITLE,
    NOTHING_LEFT,
    TITLE_TOO_LONG,
    TOO_MANY,
    UNKNOWN_LEVEL,
    Editing,
    EditRefused,
    check_titles,
    check_worth_writing,
)
from tests.generation.port.skeletons import make_skeleton, skeletons

PLAN = make_skeleton(8)
Edit = Callable[[Editing], None]

NAMES = ["", "x", "c-1", *(f"c{number}" for number in range(1, 12)), *(f"s{n}" for n in range(4))]
names = st.sampled_from([*NAMES, *(f"m{s}-{m}" for s in range(3) for m in range(3))])
texts = st.one_of(
    st.sampled_from(["", " ", "A knot", "The knot 1", "a\x00b", "half \ud83d", "x" * 301, "1. A"]),
    st.text(max_size=30),
)
edits = st.one_of(
    st.tuples(st.just("rename"), names, texts),
    st.tuples(st.just("drop"), names),
    st.tuples(st.just("move"), names, st.sampled_from([-1, 1])),
    st.tuples(st.just("move_into"), names, names),
    st.tuples(st.just("add_concept"), names, texts),
    st.tuples(st.just("add_module"), names, texts, texts),
    st.tuples(st.just("add_stage"), texts, texts, texts),
    st.tuples(st.just("set_level"), st.sampled_from(["beginner", "advanced", "expert", ""])),
    st.tuples(st.just("set_title"), texts),
)


@settings(max_examples=150, deadline=None)
@given(skeletons() | st.just(PLAN), st.lists(st.lists(edits, max_size=6), max_size=4))
def test_any_sequence_of_edits_leaves_a_valid_plan_or_a_message(
    skeleton: Skeleton, forms: list[list[tuple[object, ...]]]
) -> None:
    for form in forms:
        told = attempt(skeleton, form)
        if isinstance(told, EditRefused):
            assert told.message in MESSAGES
            assert str(told) == (told.message % told.values if told.values else told.message)
            continue
        skeleton = told
        check_titles(skeleton)
        assert Skeleton.model_validate(skeleton.model_dump(mode="json")) == skeleton
        keys = [concept.key for concept in skeleton.concepts()]
        assert len(set(keys)) == len(keys) > 0


def attempt(skeleton: Skeleton, form: list[tuple[object, ...]]) -> Skeleton | EditRefused:
    editing = Editing(skeleton)
    try:
        for name, *values in form:
            getattr(editing, str(name))(*values)
        return editing.finish()
    except EditRefused as refusal:
        return refusal


def edited(*todo: Edit, plan: Skeleton = PLAN) -> Skeleton:
    editing = Editing(plan)
    for edit in todo:
        edit(editing)
    return editing.finish()


def keys(skeleton: Skeleton) -> list[list[list[str]]]:
    return [[[c.key for c in m.concepts] for m in stage.modules] for stage in skeleton.stages]


def test_nothing_done_changes_nothing() -> None:
    assert edited() == PLAN
    assert keys(PLAN) == [[["c1", "c2"], ["c3", "c4"]], [["c5", "c6"], ["c7", "c8"]]]


@pytest.mark.parametrize(
    ("edit", "order"),
    [
        (lambda e: e.move("c2", -1), [[["c2", "c1"], ["c3", "c4"]], [["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.move("c2", 1), [[["c1"], ["c2", "c3", "c4"]], [["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.move("c5", -1), [[["c1", "c2"], ["c3", "c4", "c5"]], [["c6"], ["c7", "c8"]]]),
        (lambda e: e.move("c1", -1), keys(PLAN)),
        (lambda e: e.move("c8", 1), keys(PLAN)),
        (lambda e: e.move("m0-1", 1), [[["c1", "c2"]], [["c3", "c4"], ["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.move("m1-0", -1),
         [[["c1", "c2"], ["c3", "c4"], ["c5", "c6"]], [["c7", "c8"]]]),
        (lambda e: e.move("s0", 1), [[["c5", "c6"], ["c7", "c8"]], [["c1", "c2"], ["c3", "c4"]]]),
        (lambda e: e.move("s0", -1), keys(PLAN)),
        (lambda e: e.move_into("c1", "m1-1"),
         [[["c2"], ["c3", "c4"]], [["c5", "c6"], ["c7", "c8", "c1"]]]),
        (lambda e: e.move_into("m0-0", "s1"),
         [[["c3", "c4"]], [["c5", "c6"], ["c7", "c8"], ["c1", "c2"]]]),
        (lambda e: e.drop("c3"), [[["c1", "c2"], ["c4"]], [["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.drop("m0-1"), [[["c1", "c2"]], [["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.drop("s0"), [[["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.add_concept("m0-0", "Splices"),
         [[["c1", "c2", "c9"], ["c3", "c4"]], [["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.add_module("s0", "Splicing", "Splices"),
         [[["c1", "c2"], ["c3", "c4"], ["c9"]], [["c5", "c6"], ["c7", "c8"]]]),
        (lambda e: e.add_stage("Splicing", "", "Splices"),
         [[["c1", "c2"], ["c3", "c4"]], [["c5", "c6"], ["c7", "c8"]], [["c9"]]]),
    ],
)  # fmt: skip
def test_each_part_goes_where_it_is_sent_with_its_key(
    edit: Edit, order: list[list[list[str]]]
) -> None:
    assert keys(edited(edit)) == order


def test_what_loses_all_it_had_goes_too() -> None:
    todo = [lambda e, key=key: e.drop(key) for key in ("c1", "c2")]
    assert keys(edited(*todo)) == [[["c3", "c4"]], [["c5", "c6"], ["c7", "c8"]]]


def test_titles_levels_and_what_is_known_are_kept() -> None:
    plan = edited(
        lambda e: e.rename("c2", "1. **Bowline**"),
        lambda e: e.rename("m0-0", "Loops"),
        lambda e: e.rename("s1", "Saving lives"),
        lambda e: e.mark_known("c2", known=True),
        lambda e: e.set_level("advanced"),
        lambda e: e.set_title("Knots for me"),
    )
    assert plan.concepts()[1].model_dump() == {"key": "c2", "title": "Bowline", "known": True}
    assert (plan.modules()[0].title, plan.stages[1].title) == ("Loops", "Saving lives")
    assert (plan.title, plan.level, plan.summary) == ("Knots for me", "advanced", PLAN.summary)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda e: e.rename("c1", "  "), NO_TITLE),
        (lambda e: e.rename("c1", "x" * 301), TITLE_TOO_LONG),
        (lambda e: e.rename("c1", "a\x00b"), NOT_A_TITLE),
        (lambda e: e.rename("c1", "the KNOT 2"), DOUBLE),
        (lambda e: e.add_concept("m0-0", "The knot 8"), DOUBLE),
        (lambda e: e.drop("c99"), GONE),
        (lambda e: e.move_into("c1", "s0"), GONE),
        (lambda e: e.add_concept("s0", "A"), GONE),
        (lambda e: e.set_level("expert"), UNKNOWN_LEVEL),
        (lambda e: [e.drop("s0"), e.drop("s1")], NOTHING_LEFT),
        (lambda e: [e.drop("c1"), e.move("c1", 1)], GONE),
        (lambda e: [e.add_concept("m0-0", f"Another {n}") for n in range(250)], TOO_MANY),
    ],
)
def test_what_would_leave_no_plan_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(EditRefused) as refused:
        edited(edit)
    assert refused.value.message == message


def test_a_plan_of_what_is_known_is_not_worth_writing() -> None:
    check_worth_writing(PLAN)
    todo = [lambda e, n=n: e.mark_known(f"c{n}", known=True) for n in range(1, 9)]
    with pytest.raises(EditRefused):
        check_worth_writing(edited(*todo))
