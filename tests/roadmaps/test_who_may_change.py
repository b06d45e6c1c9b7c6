"""The rule in one place; what each page makes of it is in tests/learning/sharing."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from roadmaps.access import Visitor, may_change, may_own
from roadmaps.models import Roadmap

OWNER, OTHER, STAFF = User(pk=1), User(pk=2), User(pk=3, is_staff=True)
NOBODY = AnonymousUser()
OWNED, FREE = Roadmap(pk=uuid.uuid4(), owner=OWNER), Roadmap(pk=uuid.uuid4())


@pytest.mark.parametrize(
    ("visitor", "roadmap", "owns", "changes"),
    [
        (OWNER, OWNED, True, True),
        (STAFF, OWNED, True, True),
        (OTHER, OWNED, False, False),
        (NOBODY, OWNED, False, False),
        (NOBODY, FREE, False, True),
        (OTHER, FREE, False, True),
        (STAFF, FREE, True, True),
    ],
)
def test_a_session_changes_what_it_made_until_that_has_an_owner(
    visitor: Visitor, roadmap: Roadmap, owns: bool, changes: bool
) -> None:
    assert may_own(visitor, roadmap) is owns
    assert may_change(visitor, roadmap, [str(roadmap.pk)]) is changes
    assert may_change(visitor, roadmap) is owns
