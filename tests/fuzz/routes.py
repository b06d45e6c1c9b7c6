"""Every address of the site, found in its own list of them, with something that is really there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

_PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
# Served in front of Django.
BESIDES = ["/health", "/health/live", "/metrics", "/static/css/cairn.css", "/static/no/such.css"]


def list_routes(samples: Mapping[str, str]) -> list[str]:
    """`samples`: a value for each parameter, by its name or else by its kind."""
    routes = [_fill(route, samples) for route in _walk(get_resolver(), "/")]
    return sorted({*routes, *BESIDES})


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            # The admin's last: whatever else stands there.
            yield f"{before}nothing-of-ours/"
            continue
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _walk(pattern, route)


def _fill(route: str, samples: Mapping[str, str]) -> str:
    def sample(found: re.Match[str]) -> str:
        name, kind = found["name"], found["kind"] or "str"
        return quote(samples[name] if name in samples else samples[kind])

    return _PARAMETER.sub(sample, route)
