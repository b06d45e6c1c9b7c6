"""A fleet as any project might declare one, in the sizes that these tests count with."""

from __future__ import annotations

from connection_budget.budget.roles import PREFORK, SINGLE, WEB, Role

FLEET: tuple[Role, ...] = (
    Role("web", connections=4, processes=4, kind=WEB),
    Role("content_generation", connections=1, processes=8, kind=PREFORK),
    Role("workflow", connections=1, processes=2, kind=PREFORK),
    Role("logs", connections=1, processes=4, kind=PREFORK),
    Role("beat", connections=1, processes=1, kind=SINGLE),
)
