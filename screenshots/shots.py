"""Every kind of page, in every state it can be in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page

from accounts.email_links import make_link_token
from concepts.models import Concept
from screenshots.cast import OTHERS, Cast

Act = Callable[[Page], object]


@dataclass(frozen=True)
class Shot:
    """`act` is done on the page before the picture; `status` is what the address must answer."""

    name: str
    address: str
    visitor: str = "anonymous"
    status: int = 200
    act: Act | None = None


def list_shots(cast: Cast) -> list[Shot]:
    return [
        *_home(),
        *_roadmaps(cast),
        *_concepts(cast),
        *_learning(),
        *_runs(cast),
        *_accounts(cast),
        *_operations(cast),
        *_admin(cast),
        *_errors(cast),
        *_printed(cast),
        *_mirrored(cast),
        # Where `STYLEGUIDE` says so, as it does for the site that is pictured.
        Shot("styleguide", "/styleguide/"),
        Shot("api-docs", "/api/v1/docs", act=draw_api),
    ]


def _home() -> list[Shot]:
    def refuse(page: Page) -> None:
        page.get_by_role("textbox").first.fill("?")
        with page.expect_navigation():
            page.keyboard.press("Enter")

    return [
        Shot("home", "/"),
        Shot("home-own", "/", "alice"),
        Shot("home-staff", "/", "staff"),
        Shot("home-refused", "/", act=refuse),
        Shot("home-nothing-found", "/?q=bowline"),
    ]


def _roadmaps(cast: Cast) -> list[Shot]:
    def page(name: str, visitor: str) -> Shot:
        address = cast.runs[name].roadmap.get_absolute_url()
        return Shot(f"roadmap-{name}", address, visitor)

    ready = cast.runs["ready"].roadmap
    own = cast.runs["paused"].roadmap
    return [
        page("ready", "anonymous"),
        *(page(name, "anonymous") for name in OTHERS),
        page("partial", "anonymous"),
        page("writing", "anonymous"),
        page("arabic", "anonymous"),
        page("paused", "alice"),
        page("failed", "alice"),
        page("waiting", "alice"),
        page("planning", "anonymous"),
        Shot("roadmap-fork", reverse("learning:fork", args=[ready.slug]), "bob"),
        Shot("roadmap-visibility", reverse("learning:visibility", args=[own.slug]), "alice"),
        Shot("roadmap-delete", reverse("learning:delete_roadmap", args=[own.slug]), "alice"),
    ]


def _concepts(cast: Cast) -> list[Shot]:
    def address(run: str, position: int, view: str = "concept") -> str:
        roadmap = cast.runs[run].roadmap
        concepts = Concept.objects.filter(roadmap=roadmap).order_by("position")
        return reverse(f"learning:{view}", args=[roadmap.slug, concepts[position].slug])

    def keyed(run: str, key: str, view: str = "concept") -> str:
        concept = Concept.objects.get(roadmap=cast.runs[run].roadmap, outline_key=key)
        return reverse(f"learning:{view}", args=[concept.roadmap.slug, concept.slug])

    def quiz_of(key: str) -> str:
        return keyed("ready", key, "quiz")

    quiz, arabic = address("ready", 3, "quiz"), address("arabic", 1, "quiz")
    to_type = quiz_of("injection-and-xss")
    return [
        Shot("concept-ready", address("ready", 3)),
        Shot("concept-ready-own", address("ready", 3), "alice"),
        Shot("concept-first", address("ready", 0)),
        Shot("concept-figure", address("ready", 5)),
        Shot("concept-statements", keyed("postgresql", "mvcc")),
        Shot("concept-formulas", keyed("learning-machines", "gradient-descent"), act=unfold),
        Shot("concept-phrases", keyed("spanish", "directions"), act=unfold),
        Shot("concept-being-written", address("writing", 14)),
        Shot("concept-waiting", address("writing", 35)),
        Shot("concept-paused", address("paused", 20), "alice"),
        Shot("concept-arabic", address("arabic", 1)),
        Shot("note", address("ready", 3, "note"), "alice"),
        Shot("report", address("ready", 3, "report"), "alice"),
        Shot("rewrite", address("arabic", 1, "rewrite"), "staff"),
        Shot("rewrite-built-in", address("ready", 3, "rewrite"), "staff"),
        Shot("quiz-open", quiz),
        Shot("quiz-nothing-chosen", quiz, act=answer_quiz(0)),
        Shot("quiz-answered", quiz, act=answer_quiz(100)),
        Shot("quiz-to-type", to_type),
        Shot("quiz-typed", to_type, act=answer_quiz(100)),
        Shot("quiz-put-in-order", quiz_of("sockets-and-servers"), act=answer_quiz(100)),
        Shot("quiz-formulas", keyed("learning-machines", "gradient-descent", "quiz")),
        Shot("quiz-phrases", keyed("spanish", "directions", "quiz"), act=answer_quiz(100)),
        Shot("quiz-arabic-answered", arabic, act=answer_quiz(2)),
        Shot("quiz-not-written", address("writing", 35, "quiz"), status=404),
    ]


def unfold(page: Page) -> None:
    """What waits to be asked for: answers, hints, solutions, notes."""
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


def answer_quiz(most: int) -> Act:
    """Choose the first choice of so many questions, leave lines as they stand, type a word, and
    hand it in."""

    def answer(page: Page) -> None:
        for group in page.get_by_role("group").all()[:most]:
            for box in group.locator("input[type=radio], input[type=checkbox]").all()[:1]:
                box.check()
            for number, line in enumerate(group.locator("select").all(), start=1):
                line.select_option(str(number))
            for text in group.locator("textarea").all():
                text.fill("<b>Ann & Bo</b>")
        with page.expect_navigation():
            page.locator("main form button").last.click()

    return answer


def _learning() -> list[Shot]:
    address = reverse("learning:learning")
    return [
        Shot("learning", address, "alice"),
        Shot("learning-nothing-yet", address, "bob"),
        Shot("learning-visitor", address),
    ]


def _runs(cast: Cast) -> list[Shot]:
    owned = {"paused", "failed", "waiting", "planned"}
    pages = [
        Shot(f"run-{name}", run.get_absolute_url(), "alice" if name in owned else "anonymous")
        for name, run in cast.runs.items()
    ]
    planning, planned = (cast.runs[name].get_absolute_url() for name in ("planning", "planned"))
    return [
        *pages,
        Shot("run-planning-drawn", planning, act=draw_plan),
        Shot("plan", f"{planned}plan/", "alice"),
    ]


def draw_plan(page: Page) -> None:
    """As far as a model has said it, which no model does here."""
    titles = ("From a request to an answer", "What a browser asks for", "Addresses", "Headers")
    depths = (0, 1, 2, 2)
    lines = [[depth, title] for depth, title in zip(depths, titles, strict=True)] * 3
    part = page.locator("[data-drawing]")
    say = "(part, detail) => part.dispatchEvent(new CustomEvent('drawn', {detail}))"
    part.evaluate(say, {"language": "en", "lines": lines})
    part.locator("li").first.wait_for()


def _accounts(cast: Cast) -> list[Shot]:
    def mistake(page: Page) -> None:
        page.locator("main input[type=email], main input[name=username]").first.fill("a@b.example")
        page.locator("main input[type=password]").first.fill("wrong")
        with page.expect_navigation():
            page.locator("main form button").last.click()

    link = reverse("accounts:email_confirm", args=[make_link_token(cast.visitors.bob)])
    mine = [
        Shot(f"account-{name}", reverse(f"accounts:{name}"), "alice")
        for name in ("settings", "password_change", "email_change")
    ]
    return [
        Shot("account-login", reverse("accounts:login")),
        Shot("account-login-wrong", reverse("accounts:login"), act=mistake),
        Shot("account-signup", reverse("accounts:signup")),
        Shot("account-reset", reverse("accounts:reset")),
        Shot("account-reset-asked", reverse("accounts:reset_asked")),
        Shot("account-reset-complete", reverse("accounts:reset_complete")),
        Shot("account-reset-link-used", reverse("accounts:reset_confirm", args=["MQ", "old-link"])),
        *mine,
        Shot("account-display", reverse("accounts:display")),
        Shot("account-email-confirm", link),
        Shot("account-link-used", reverse("accounts:email_confirm", args=["old-link"]), status=410),
        Shot("account-delete", reverse("learning:delete_account"), "alice"),
        Shot("account-deleted", reverse("learning:account_deleted")),
    ]


def _operations(cast: Cast) -> list[Shot]:
    board = reverse("operations:board")
    runs = [
        Shot(
            f"operations-run-{name}", reverse("operations:run", args=[cast.runs[name].pk]), "staff"
        )
        for name in ("ready", "partial", "paused", "writing")
    ]
    return [
        Shot("operations", board, "staff"),
        Shot("operations-only-paused", f"{board}?state=paused", "staff"),
        *runs,
    ]


def _admin(cast: Cast) -> list[Shot]:
    lists = (
        "roadmaps_roadmap",
        "concepts_concept",
        "concepts_artifact",
        "generation_generationrun",
        "generation_generationevent",
        "generation_modelcallrecord",
        "accounts_user",
    )
    run, roadmap = cast.runs["partial"], cast.runs["ready"].roadmap
    return [
        Shot("admin", reverse("admin:index"), "staff"),
        *(Shot(f"admin-{name}", reverse(f"admin:{name}_changelist"), "staff") for name in lists),
        Shot("admin-run", reverse("admin:generation_generationrun_change", args=[run.pk]), "staff"),
        Shot("admin-roadmap", reverse("admin:roadmaps_roadmap_change", args=[roadmap.pk]), "staff"),
    ]


def draw_api(page: Page) -> None:
    page.locator(".opblock").first.wait_for()


def _errors(cast: Cast) -> list[Shot]:
    foreign = reverse("learning:delete_roadmap", args=[cast.runs["ready"].roadmap.slug])
    shown = [
        Shot(f"error-{status}", f"/styleguide/errors/{status}/", status=status)
        for status in (408, 413, 429, 500, 503)
    ]
    return [
        *shown,
        Shot("error-not-allowed", foreign, "bob", 403),
        Shot("error-not-found", "/nowhere", status=404),
        Shot("error-bad-request", "/?q=%00", status=400),
        Shot("error-no-run", "/runs/00000000-0000-4000-8000-000000000000/", status=404),
    ]


def _lesson(cast: Cast, run: str) -> str:
    concept = Concept.objects.filter(roadmap=cast.runs[run].roadmap).order_by("position")[5]
    return reverse("learning:concept", args=[concept.roadmap.slug, concept.slug])


def _printed(cast: Cast) -> list[Shot]:
    def put_on_paper(page: Page) -> None:
        page.emulate_media(media="print")

    return [
        Shot("printed-roadmap", cast.runs["ready"].roadmap.get_absolute_url(), act=put_on_paper),
        Shot("printed-concept", _lesson(cast, "ready"), act=put_on_paper),
    ]


def _mirrored(cast: Cast) -> list[Shot]:
    """As in an interface that is read from right to left; nobody has translated it into one."""

    def turn(page: Page) -> None:
        page.evaluate("document.documentElement.dir = 'rtl'")

    pages = {
        "home": ("/", "alice"),
        "roadmap": (cast.runs["arabic"].roadmap.get_absolute_url(), "anonymous"),
        "learning": (reverse("learning:learning"), "alice"),
        "settings": (reverse("accounts:settings"), "alice"),
        "run": (cast.runs["partial"].get_absolute_url(), "anonymous"),
        "plan": (f"{cast.runs['planned'].get_absolute_url()}plan/", "alice"),
        "operations": (reverse("operations:board"), "staff"),
    }
    return [
        Shot(f"mirrored-{name}", address, visitor, act=turn)
        for name, (address, visitor) in pages.items()
    ]
