"""The roles of `make serve`: their scripts, their small sizes, the order in which they stop."""

from __future__ import annotations

from pathlib import Path

from config.fleet import FLEET

ROOT = Path(__file__).resolve().parents[2]

# What one machine needs for one person. ROLE_<ROLE>_PROCESSES says otherwise.
SMALL = {"web": 1, "content_generation": 2, "workflow": 1, "logs": 1, "beat": 1}

# First nothing new is sent, then nobody orders, then the workers save what they have; and the
# seconds each may take. Together they stay well below the 20 s that `make serve` has.
STOP_ORDER: tuple[tuple[frozenset[str], float], ...] = (
    (frozenset({"beat"}), 2.0),
    (frozenset({"web"}), 4.0),
    (frozenset({"content_generation", "workflow", "logs"}), 8.0),
)
WEB_STOP_SECONDS = 3  # for requests under way, of the 4 above

# What a role's log says when it has started.
STARTED = {"web": b"Application startup complete", "beat": b"beat: Starting"}
WORKER_STARTED = b" ready."


def script(role: str) -> list[str]:
    """How a role is started, here, in containers and in tests."""
    return ["sh", str(ROOT / "docker" / f"{role}.sh")]


def role_scripts() -> dict[str, list[str]]:
    return {role.name: script(role.name) for role in FLEET}


def environment(port: int) -> dict[str, str]:
    """What the roles are told, on top of what this process was."""
    return {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_STOP_SECONDS": str(WEB_STOP_SECONDS),
        "PYTHONUNBUFFERED": "1",
    }


def defaults(port: int) -> dict[str, str]:
    """What holds unless the environment or .env says otherwise."""
    sizes = {f"ROLE_{role.upper()}_PROCESSES": str(count) for role, count in SMALL.items()}
    return {"SITE_URL": f"http://127.0.0.1:{port}", **sizes}
