from __future__ import annotations

from tests.learning.planning.fixtures import client, run

__all__ = ("client", "run")
