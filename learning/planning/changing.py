"""From the form of a plan to the plan as somebody wishes it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from generation.port.skeleton import Skeleton
from generation.port.skeleton_edits import NO_TITLE, Editing, EditRefused
from roadmaps.bounds import TITLE_MAX_CHARACTERS

# No longer title is ever a good one; what is longer is told so, and not kept.
LOOKED_AT = TITLE_MAX_CHARACTERS + 1
_STEPS = {"up": -1, "down": 1}


def name_parts(skeleton: Skeleton) -> Iterator[tuple[str, str]]:
    """Every part with its title, by the names that `Editing` has for them."""
    for place, stage in enumerate(skeleton.stages):
        yield f"s{place}", stage.title
        for number, module in enumerate(stage.modules):
            yield f"m{place}-{number}", module.title
            yield from ((concept.key, concept.title) for concept in module.concepts)


def change(skeleton: Skeleton, said: QueryDict) -> Skeleton:
    """All that was filled in, then what the button says. Raises EditRefused."""
    editing = Editing(skeleton)
    _rename(editing, skeleton, said)
    _mark(editing, skeleton, said)
    _add(editing, said)
    moved, into = str(said.get("move", "")), str(said.get("into", ""))
    if moved and into:
        editing.move_into(moved, into)
    act, _colon, name = said.get("act", "").partition(":")
    if act in _STEPS:
        editing.move(name, _STEPS[act])
    elif act == "drop":
        editing.drop(name)
    return editing.finish()


def _rename(editing: Editing, skeleton: Skeleton, said: QueryDict) -> None:
    for name, title in name_parts(skeleton):
        wanted = said.get(f"title-{name}", title)[:LOOKED_AT]
        if wanted != title:
            editing.rename(name, wanted)
    title, level = (str(said.get(name, "")) for name in ("title", "level"))
    if "title" in said and title != skeleton.title:
        editing.set_title(title[:LOOKED_AT])
    if "level" in said and level != skeleton.level:
        editing.set_level(level)


def _mark(editing: Editing, skeleton: Skeleton, said: QueryDict) -> None:
    """Boxes that are not ticked are not sent: only a form that has them says anything of them."""
    if "boxes" not in said:
        return
    ticked = set(said.getlist("known"))
    for concept in skeleton.concepts():
        if concept.known != (concept.key in ticked):
            editing.mark_known(concept.key, known=not concept.known)


def _add(editing: Editing, said: QueryDict) -> None:
    """What is added in one go: a concept to a module, with a new module or stage around it."""
    concept, module, stage = (said.get(name, "")[:LOOKED_AT] for name in _NEW)
    if not (concept.strip() or module.strip() or stage.strip()):
        return
    if not concept.strip():
        raise EditRefused(NO_TITLE)
    where = said.get("where", "")
    if stage.strip():
        editing.add_stage(stage, module, concept)
    elif module.strip():
        editing.add_module(f"s{where[1:].partition('-')[0]}", module, concept)
    else:
        editing.add_concept(where, concept)


_NEW = ("new-concept", "new-module", "new-stage")


def list_unsaved(
    skeleton: Skeleton, said: Mapping[str, str], former: Collection[str]
) -> list[tuple[str, str]]:
    """Titles that a form has otherwise than the plan, as the plan has them (or what they are titles
    of) and as typed; without those that were changed elsewhere, and in the form stand as before."""
    parts = dict(name_parts(skeleton)) | {"": skeleton.title}
    concepts = {concept.key: concept.title for concept in skeleton.concepts()}
    fields = {name.removeprefix("title-"): typed for name, typed in said.items()
              if name.startswith("title-")}  # fmt: skip
    typed = [(concepts.get(name) or _kind_of(name), title) for name, title in fields.items()]
    added = [(_("(new)"), said.get(name, "")) for name in _NEW]
    whole = [(_("Title"), said.get("title", ""))]
    pairs = [(title, wanted[:LOOKED_AT].strip()) for title, wanted in [*whole, *typed, *added]]
    known = {*parts.values(), *former}
    return [(title, wanted) for title, wanted in pairs if wanted and wanted not in known]


def _kind_of(name: str) -> str:
    """A place may be that of another stage or module by now, and a concept may be gone."""
    return {"s": _("Stage"), "m": _("Module")}.get(name[:1], _("Concept"))
