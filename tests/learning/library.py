"""Roadmaps to look at, and what is looked for in their pages."""

from __future__ import annotations

from html.parser import HTMLParser

from accounts.models import User
from concepts.content import ArtifactContent, ArtifactKind
from concepts.models import Concept
from generation.models import GenerationRun
from generation.port.briefs import ConceptBrief
from generation.port.listening import NOBODY, Listener
from generation.port.provider import Written
from generation.port.spent import Spent
from roadmaps.models import Visibility
from tests.generation.cast import ScriptedProvider, make_content, make_outline, open_run
from tests.generation.scribe import Scribe


class QuickProvider(ScriptedProvider):
    """The scripted one without its sleep."""

    async def write(
        self, kind: ArtifactKind, brief: ConceptBrief, listener: Listener = NOBODY
    ) -> Written[ArtifactContent]:
        self._raise_what_is_scripted((brief.key, kind))
        content = self.content.get((brief.key, kind)) or make_content(kind, brief.key)
        return Written(content, Spent(calls=1))


def open_order(
    provider: ScriptedProvider | None = None,
    *,
    owner: User | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> Scribe:
    """A run nobody works on yet, and who may do it."""
    provider = provider or QuickProvider(make_outline(4))
    return Scribe(open_run(provider, owner=owner, visibility=visibility), provider)


def make_ready(
    provider: ScriptedProvider | None = None,
    *,
    owner: User | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> GenerationRun:
    scribe = open_order(provider, owner=owner, visibility=visibility)
    scribe.write_all()
    return GenerationRun.objects.select_related("roadmap").get(pk=scribe.run_id)


def concept_page(run: GenerationRun, key: str = "c02") -> str:
    concept = Concept.objects.get(roadmap=run.roadmap_id, outline_key=key)
    return f"{run.roadmap.get_absolute_url()}{concept.slug}/"


class Page(HTMLParser):
    """What a browser would make of a page; `offences` are what our policy would block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.offences: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self._judge(tag, attributes)

    def _judge(self, tag: str, attributes: dict[str, str]) -> None:
        said = f"<{tag} {attributes}>"
        inline = tag == "style" or (tag == "script" and "src" not in attributes)
        handlers = any(name.startswith("on") or name == "style" for name in attributes)
        links = [attributes.get(name, "").strip().lower() for name in ("href", "src", "action")]
        scripted = any(link.startswith(("javascript:", "data:", "vbscript:")) for link in links)
        loads = tag in {"script", "img", "link", "iframe", "source"}
        if inline or handlers or scripted or (loads and any("//" in link for link in links)):
            self.offences.append(said)

    def links(self) -> list[str]:
        return [attributes.get("href", "") for tag, attributes in self.tags if tag == "a"]
