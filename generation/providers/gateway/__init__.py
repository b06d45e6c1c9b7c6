"""The only way to a model server, and the only place that knows the libraries it is made of.

Loading it takes a second and some 80 MiB, so whoever forks does it before (`preload`), and nobody
imports it who does not need it.
"""

import os

# The library would advertise its maker's services on every terminal.
os.environ.setdefault("PYDANTIC_AI_NO_BANNER", "1")

from generation.providers.gateway.opening import configured_endpoint, open_gateway, preload
from generation.providers.gateway.responses import price_of

__all__ = ["configured_endpoint", "open_gateway", "preload", "price_of"]
