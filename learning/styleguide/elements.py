"""What all pages are made of: buttons, fields, notices, states."""

from __future__ import annotations

from django import forms

from learning.concept.notes import NoteForm
from learning.home.forms import GoalForm
from learning.home.paging import Page
from learning.styleguide.cast import make_user
from learning.styleguide.sample import Component, Sample

FIELD = "includes/field.html"
PAGES = "includes/pages.html"
ACCOUNT = "includes/account.html"


def list_components() -> list[Component]:
    return [
        Component("Headings and text", [Sample("as it is", "learning/styleguide/text.html")]),
        Component("Buttons and links", [Sample("every kind", "learning/styleguide/buttons.html")]),
        Component("Fields", _fields()),
        Component("Notices", [Sample("every kind", "learning/styleguide/notices.html")]),
        Component("Nothing there", [Sample("empty", "learning/styleguide/empty.html")]),
        Component("Progress", [Sample("every kind", "learning/styleguide/progress.html")]),
        Component("Who is signed in", _accounts()),
        Component("Pages of a list", _pages()),
    ]


class _WishForm(forms.Form):
    """Widgets that no form of ours shows alone."""

    tick = forms.BooleanField(label="A tick", required=False)
    secret = forms.CharField(label="A password", widget=forms.PasswordInput())


def _fields() -> list[Sample]:
    empty, filled = GoalForm(), GoalForm(initial={"goal": "Tie knots", "level": "beginner"})
    wrong = GoalForm({"goal": "", "hours_per_week": "900", "target_date": "2001-01-01"})
    return [
        Sample("empty", FIELD, {"field": empty["goal"]}),
        Sample("filled", FIELD, {"field": filled["goal"]}),
        Sample("in error", FIELD, {"field": wrong["goal"]}),
        Sample("a number, in error", FIELD, {"field": wrong["hours_per_week"]}),
        Sample("a day, in error", FIELD, {"field": wrong["target_date"]}),
        Sample("a choice", FIELD, {"field": filled["level"]}),
        Sample("with help", FIELD, {"field": NoteForm()["markdown"]}, around="alone"),
        Sample("a password", FIELD, {"field": _WishForm()["secret"]}),
        Sample("a tick", FIELD, {"field": _WishForm()["tick"]}),
    ]


def _accounts() -> list[Sample]:
    return [
        Sample("nobody", ACCOUNT),
        Sample("signed in", ACCOUNT, {"user": make_user()}),
        Sample("staff", ACCOUNT, {"user": make_user(is_staff=True)}),
    ]


def _pages() -> list[Sample]:
    said = {"label": "More of them", "fragment": "pages"}
    first, middle, last = (
        Page([], 1, older="page=2"),
        Page([], 2, older="page=3", newer="page=1"),
        Page([], 3, newer="page=2"),
    )
    return [
        Sample("the first", PAGES, {"page": first, **said}),
        Sample("one between", PAGES, {"page": middle, **said}),
        Sample("the last", PAGES, {"page": last, **said}),
    ]
