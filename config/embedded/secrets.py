"""Passwords of the database logins: random, in `.cairn/secrets.json` (0600), made once."""

import json
import os
from pathlib import Path
from secrets import token_urlsafe

from config.embedded.locks import take_lock
from config.embedded.paths import create_once, prepare_state, replace

SUPERUSER = "postgres"
OWNER = "cairn"
PROCESS_ROLES = ("web", "content_generation", "workflow", "logs", "beat")


def login_role(process_role: str) -> str:
    """Commands work on the schema, so they are the owner."""
    if process_role == "command":
        return OWNER
    if process_role not in PROCESS_ROLES:
        known = ", ".join((*PROCESS_ROLES, "command"))
        raise ValueError(f"{process_role!r} is no process role; known are: {known}")
    return f"{OWNER}_{process_role}"


def passwords(state: Path) -> dict[str, str]:
    """By login role. token_urlsafe needs quoting neither in a URL nor in SQL."""
    prepare_state(state)
    file = state / "secrets.json"
    logins = (SUPERUSER, OWNER, *map(login_role, PROCESS_ROLES))
    fresh = {login: token_urlsafe(24) for login in logins}
    held: dict[str, str] = json.loads(create_once(file, json.dumps(fresh, indent=2)))
    return held if held.keys() >= fresh.keys() else _add_missing(file, fresh)


def _add_missing(file: Path, fresh: dict[str, str]) -> dict[str, str]:
    """A newer version knows more process roles than the one that made the file."""
    lock = take_lock(file.with_name("secrets.lock"), seconds=10)
    try:
        held: dict[str, str] = fresh | json.loads(file.read_text())
        replace(file, json.dumps(held, indent=2))
        return held
    finally:
        os.close(lock)
