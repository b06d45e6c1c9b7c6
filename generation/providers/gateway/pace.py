"""What all processes together know of the model server, read from where they write it down."""

from __future__ import annotations

from dataclasses import dataclass

import redis


@dataclass(frozen=True)
class Pace:
    """Seconds from now on; `refused_seconds` ago. All zero where nothing holds anybody up."""

    held_seconds: float = 0.0
    """Until then nobody asks: the server said "too many"."""
    booked_seconds: float = 0.0
    """So far ahead the turns of a minute's limits are given away."""
    refusal: str = ""
    """Why the server last refused for good. Those who asked then have stopped."""
    refused_seconds: float = 0.0


def read_pace(client: redis.Redis, account: str) -> Pace:
    """See `pacing.SCRIPT`. Nothing is known, or held, of an account nobody asked for in an hour.

    Raises RedisError.
    """
    asking = client.pipeline(transaction=True)
    asking.time()
    asking.hgetall(account)
    (seconds, microseconds), stored = asking.execute()
    now = seconds + microseconds / 1_000_000
    told = {_text(name): _text(value) for name, value in stored.items()}
    moments = {name: float(told.get(name) or 0) for name in _MOMENTS}
    refused_at = moments["refused_at"]
    return Pace(
        held_seconds=max(0.0, moments["held_until"] - now),
        booked_seconds=max(0.0, moments["requests_at"] - now, moments["tokens_at"] - now),
        refusal=told.get("refusal", "") if refused_at else "",
        refused_seconds=max(0.0, now - refused_at) if refused_at else 0.0,
    )


_MOMENTS = ("requests_at", "tokens_at", "held_until", "refused_at")


def _text(value: bytes | str) -> str:
    return value if isinstance(value, str) else value.decode(errors="replace")
