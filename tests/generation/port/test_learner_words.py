"""Learners are told what is the matter, and nothing about variables."""

from __future__ import annotations

import re

import pytest

from generation.port.errors import GoalRefused
from generation.port.learner_words import for_learners
from generation.port.request import OutlineRequest
from generation.providers.catalogue import CatalogueProvider
from generation.providers.gateway.errors import REFUSED_KEY

OTHERWISE = "Not now."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The rope is too short.", "The rope is too short."),
        (REFUSED_KEY, "the model server refused the key"),
        ("It is away (LLM_BASE_URL). Try again.", "It is away. Try again."),
        ("Too dear (RUN_MAX_COST_USD=3, or so), sadly.", "Too dear, sadly."),
        ("Short of rope (and of time).", "Short of rope (and of time)."),
        ("Set LLM_MODEL; .env.example shows how.", OTHERWISE),
        ("No.\nAsk for “Knots”.\nSet LLM_MODEL.", "No.\nAsk for “Knots”."),
        ("“MY_VARIABLE in C” means several things.", "“MY_VARIABLE in C” means several things."),
        ("", OTHERWISE),
    ],
)
def test_what_names_a_variable_is_left_out(text: str, told: str) -> None:
    assert for_learners(text, otherwise=OTHERWISE) == told


@pytest.mark.parametrize(
    "request_",
    [
        OutlineRequest("Tying knots"),
        OutlineRequest("Python web"),
        OutlineRequest("Python web development", level="advanced"),
        OutlineRequest("Python web development", concepts=100),
    ],
)
def test_what_the_catalogue_refuses_is_told_without_its_variables(request_: OutlineRequest) -> None:
    with pytest.raises(GoalRefused) as refused:
        CatalogueProvider().check_goal(request_)
    assert "LLM_BASE_URL" in str(refused.value)
    told = for_learners(str(refused.value), otherwise=OTHERWISE)
    assert not re.search(r"[A-Z]+_[A-Z]+|\.env", told)
    assert "Python web development" in told
