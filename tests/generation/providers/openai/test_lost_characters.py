"""Characters that were cut in two, or read in another encoding, before an answer came."""

from __future__ import annotations

import json

import pytest

from concepts.content import ArtifactKind
from generation.port.characters import mend_encoding
from tests.generation import writings
from tests.generation.asking import (
    BRIEF,
    TUTORIAL,
    ask,
    refused,
    writing,
)
from tests.generation.scripted_gateway import ScriptedGateway

pytestmark = pytest.mark.usefixtures("model_server")
LOST = "\ufffd"
GARBLED = ["Bienen tänzeln", "“Bees” dance – so", "蜜蜂跳舞", "🐝 flies"]
MEANT = ["", "Bees", "café", "naïve", "蜜蜂", "“Bees” – so", "“é” becomes “Ã©”.", "Ã", "\x00\ud800"]


def spoiled(kind: ArtifactKind, lost: str) -> object:
    """An answer of that kind with some of its vowels gone."""
    said = getattr(writings, kind.value)()
    if isinstance(said, str):
        return said.replace("weather", f"w{lost}ather", 2)
    return json.loads(json.dumps(said).replace("bees", f"be{lost}s").replace("Bees", f"B{lost}es"))


@pytest.mark.parametrize("kind", list(ArtifactKind))
def test_what_lost_characters_is_asked_for_again_and_the_better_one_taken(
    kind: ArtifactKind,
) -> None:
    whole = getattr(writings, kind.value)()
    gateway = ScriptedGateway({kind.value: [spoiled(kind, LOST), whole]})
    (written,) = ask(gateway, writing(kind, BRIEF))
    assert LOST not in written.content.model_dump_json()
    assert gateway.purposes() == [kind.value, "repair"]
    assert "characters were lost" in gateway.asked[1].user


def test_a_few_that_stay_lost_cost_no_tutorial() -> None:
    gateway = ScriptedGateway({"tutorial": [spoiled(ArtifactKind.TUTORIAL, LOST)]})
    (written,) = ask(gateway, TUTORIAL)
    assert LOST in written.content.model_dump_json()


def test_what_nobody_can_read_any_more_is_not_stored() -> None:
    said = writings.tutorial().replace("e", LOST)
    error = refused(ScriptedGateway({"tutorial": [said]}), TUTORIAL)
    assert "characters were lost" in f"{error}{error.detail}"


def test_code_may_show_the_sign_itself() -> None:
    said = f"{writings.tutorial()}\n\nWhat cannot be read is shown as `{LOST}`.\n"
    gateway = ScriptedGateway({"tutorial": [said]})
    ask(gateway, TUTORIAL)
    assert gateway.purposes() == ["tutorial"]


@pytest.mark.parametrize("text", MEANT)
def test_what_is_as_it_was_meant_stays(text: str) -> None:
    assert mend_encoding(text) == text
