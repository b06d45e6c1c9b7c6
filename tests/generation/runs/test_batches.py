"""What one transaction writes of what was finished together."""

from __future__ import annotations

import uuid

import pytest

from generation.models import EventType, GenerationEvent
from generation.runs import batches
from tests.generation.cast import make_outline
from tests.learning.library import QuickProvider, open_order

pytestmark = pytest.mark.django_db


def test_the_history_tells_in_which_order_the_artifacts_of_a_batch_were_finished() -> None:
    scribe = open_order(QuickProvider(make_outline(4)))
    scribe.plan()
    drafts = [scribe.draft(work) for work in scribe.claim(6)][::-1]

    batches.save_batch(scribe.run_id, uuid.uuid4(), drafts)

    ready = GenerationEvent.objects.filter(type=EventType.ARTIFACT_READY).order_by("seq")
    told = list(ready.values_list("concept_id", "kind"))
    assert told == [(draft.concept_id, draft.kind.value) for draft in drafts]
