"""A provider that fails, prints, warns and cannot keep a secret."""

from __future__ import annotations

import sys
import warnings

from concepts.content import ArtifactKind
from generation.port.briefs import ConceptBrief
from generation.port.errors import TransientError
from tests.generation.cast import ScriptedProvider, make_outline

SECRET = "correct-horse-battery"
MODEL_KEY = f"sk-{SECRET}"


async def chatter(kind: ArtifactKind, brief: ConceptBrief) -> None:
    if (brief.key, kind) == ("c03", ArtifactKind.TUTORIAL):
        sys.stdout.write(f"two lines\nwith the token={SECRET}\n")
        sys.stderr.write("said to stderr\n")
        warnings.warn(f"asked https://knots:{SECRET}@knots.example/", stacklevel=1)


def make_leaky_provider() -> ScriptedProvider:
    return ScriptedProvider(
        make_outline(4),
        fail={
            ("c01", ArtifactKind.QUIZ): [TransientError(f"Overloaded; Bearer {SECRET}.")],
            ("c02", ArtifactKind.TUTORIAL): RuntimeError(f"{MODEL_KEY} refused\npassword={SECRET}"),
        },
        before=chatter,
        name="leaky",
    )
