from __future__ import annotations

from django.shortcuts import get_object_or_404

from concepts.models import Concept
from roadmaps.access import Visitor, visible_to


def get_visible_concept(visitor: Visitor, roadmap_slug: str, slug: str) -> Concept:
    """A concept is seen by those who see its roadmap. Raises Http404."""
    concepts = Concept.objects.select_related("roadmap", "module__stage")
    return get_object_or_404(
        concepts, visible_to(visitor, path="roadmap__"), roadmap__slug=roadmap_slug, slug=slug
    )
