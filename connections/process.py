"""The lanes of this process: one executor, made when first needed, as large as the role allows."""

from __future__ import annotations

import functools

from connections.conf import get_role
from connections.executor import DbExecutor


@functools.cache
def process_executor() -> DbExecutor:
    """A forked child starts with fresh lanes of its own, so this may be called before the fork."""
    return DbExecutor(get_role().connections)
