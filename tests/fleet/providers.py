import os

from tests.generation.cast import ScriptedProvider, make_outline


def make_slow_provider() -> ScriptedProvider:
    """Knots, as many and as slow as FLEET_CONCEPTS and FLEET_DELAY_SECONDS say."""
    return ScriptedProvider(
        make_outline(int(os.environ.get("FLEET_CONCEPTS", "12"))),
        longest_delay=float(os.environ.get("FLEET_DELAY_SECONDS", "0.2")),
        name="slow",
    )
