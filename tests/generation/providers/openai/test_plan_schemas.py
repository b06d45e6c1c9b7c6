"""What small models answer of a module's concepts, and what is meant by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from generation.providers.openai.plan_schemas import DetailsAnswer, read_details
from tests.generation.port.skeletons import make_skeleton

PLAN = make_skeleton(8)


def concept(key: Any, **changes: Any) -> dict[str, Any]:
    told = {
        "summary": "A loop that holds, good for rescue.",
        "kind": "procedure",
        "difficulty": 2,
        "est_minutes": 30,
        "practice_minutes": 15,
        "objectives": ["Tie it, and dress it", "Untie it"],
        "keywords": ["loop", "rescue"],
        "requires": [],
    }
    return {"key": key} | told | changes


def read(answer: Any) -> list[dict[str, Any]]:
    details, problems = read_details(DetailsAnswer.model_validate_json(json.dumps(answer)), PLAN, 0)
    assert details is not None, problems
    return [one.model_dump() for one in details.concepts]


GOOD = [concept("c1"), concept("c2", requires=["c1"])]


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        {"concepts": {"c1": concept("c1"), "c2": {**concept("c2", requires=["c1"])}}},
        {"concepts": [concept("c1", est_minutes="30 min"), concept("c2", requires="c1")]},
        {"concepts": [concept("c1", est_minutes="30-40"), concept("c2", requires=[{"key": "c1"}])]},
        {
            "concepts": [
                concept("c1", est_minutes=30.4),
                concept("c2", requires=["c1", None, "none"]),
            ]
        },
        {"concepts": [concept("c1", difficulty="2/5", requires="none"), GOOD[1]]},
        {"concepts": [concept("c1", practice_minutes="15 minutes", requires=None), GOOD[1]]},
        {"concepts": [concept("c1", keywords="loop, rescue", requires=""), GOOD[1]]},
        {"concepts": [concept("c1", objectives="- Tie it, and dress it\n- Untie it"), GOOD[1]]},
        {"concepts": [concept("c1", objectives="Tie it, and dress it; Untie it"), GOOD[1]]},
        {"concepts": [concept(1), concept(2, requires=["c1"])]},
    ],
)
def test_what_is_meant_is_read(answer: Any) -> None:
    assert read(answer) == read({"concepts": GOOD})


def test_practice_may_be_left_open() -> None:
    assert read([concept("c1", practice_minutes="half"), GOOD[1]])[0]["practice_minutes"] is None


@pytest.mark.parametrize(
    "changes",
    [{"est_minutes": "an hour"}, {"difficulty": None}, {"kind": "skill"}, {"objectives": None},
     {"summary": None}, {"est_minutes": 1e300}, {"requires": 3}],
)  # fmt: skip
def test_what_says_nothing_is_not_made_up(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read([concept("c1", **changes), GOOD[1]])


def test_the_schema_that_servers_get_is_as_strict_as_ever() -> None:
    fields = DetailsAnswer.model_json_schema()["$defs"]["DetailedConcept"]["properties"]
    assert fields["requires"]["items"] == {"type": "string"}
    assert (fields["est_minutes"]["type"], fields["key"]["type"]) == ("integer", "string")
