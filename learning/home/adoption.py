"""What a visitor made before belongs to the account they then sign in to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User
from learning.learners import adopt_learner
from roadmaps.makers import forget_made, made_roadmaps
from roadmaps.models import Roadmap


@receiver(user_logged_in, dispatch_uid="learning.home.adoption")
def adopt(request: HttpRequest | None, user: User, **_options: Any) -> None:
    """Signing in keeps the session's content; what it remembers is theirs from now on.

    They stay unlisted, with their addresses: a link that was given away goes on working.
    """
    if request is None:
        return
    adopt_learner(user, request.session)
    made = made_roadmaps(request.session)
    if made:
        Roadmap.objects.filter(pk__in=made, owner=None).update(owner=user)
        forget_made(request.session)
