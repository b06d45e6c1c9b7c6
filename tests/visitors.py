"""Who looks at pages: Alice, who owns what is looked at, Bob, nobody in particular, and staff."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from accounts.models import User

VISITORS = ("alice", "bob", "anonymous", "staff")


@dataclass(frozen=True)
class Visitors:
    alice: User
    bob: User
    staff: User

    def client(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        if name != "anonymous":
            client.force_login(getattr(self, name))
        return client

    def clients(self) -> dict[str, Client]:
        """Of each of VISITORS, as they come for the first time."""
        return {name: self.client(name) for name in VISITORS}


def make_visitors() -> Visitors:
    make = User.objects.create_user
    return Visitors(
        alice=make("alice@knots.example", "rope-and-twine"),
        bob=make("bob@knots.example", "rope-and-twine"),
        staff=User.objects.create_superuser("staff@knots.example", "rope-and-twine"),
    )
