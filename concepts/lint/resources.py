"""What a list of resources must hold."""

from __future__ import annotations

from concepts.content import ResourceContent, ResourcesContent
from concepts.languages.judging import find_wrong_language
from concepts.links.public import canonical_url

MIN_RESOURCES = 2


def settle_resources(
    resources: list[ResourceContent], language: str
) -> tuple[ResourcesContent | None, list[str]]:
    """The links that can be used, each once; None with the reasons when too few are left."""
    kept: dict[str, ResourceContent] = {}
    problems: list[str] = []
    for resource in resources:
        if _key(resource) in kept:
            problems.append(f"“{resource.url}” is listed twice")
        else:
            kept[_key(resource)] = resource
    if wrong := find_wrong_language("\n".join(one.why for one in kept.values()), language):
        return None, [f"the reasons (`why`): {wrong}"]
    if len(kept) < MIN_RESOURCES:
        return None, [*problems, f"{len(kept)} usable links; {MIN_RESOURCES} are the least"]
    return ResourcesContent(resources=list(kept.values())[:12]), problems


def _key(resource: ResourceContent) -> str:
    return canonical_url(resource.url)
