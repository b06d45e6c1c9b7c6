"""Why something was not written, in words for learners: the one place for pages and the API.

What a run and its artifacts keep of it is for whoever can mend it: it may name variables, servers
and errors. Learners read only what is told here; staff read the rest, on their own pages.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from concepts.bounds import REASON_MAX_CHARACTERS
from concepts.languages.scripts import scripts_of, weigh
from concepts.languages.tags import primary_language
from generation.port.allowances import DAY_SPENT, RUN_SPENT
from generation.run_states import RunState

# Names of variables, of classes of errors, of files, addresses and machines.
_NOT_FOR_LEARNERS = re.compile(
    r"\b[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]|[A-Za-z](?:Error|Exception|Exit|Interrupt)\b|Errno|Traceback"
    r"|https?:|[a-z]\.[a-z]+\(|\bat \S+:[0-9]|(?:^|\s)/[a-z]|\w=\w|[{}<>]"
    r"|\.(?:py|env|json|ya?ml)\b|\b(?:CONTENT|DATABASE|REDIS|SECRET)\b"
    # How often something was tried is nothing they can do anything about.
    r"|[0-9]+ (?:times|attempts)|in a row",
)


# Why a plan that waited is gone.
DISCARDED = gettext_noop("The plan was discarded.")
FORGOTTEN = gettext_noop("The plan was discarded: nobody had it written for 14 days.")

_ENDED: dict[str, str] = {
    RunState.FAILED: gettext_noop(
        "Something went wrong while it was being written. Trying again may help."
    ),
    RunState.CANCELLED: gettext_noop("It was stopped before everything was written."),
    RunState.PARTIAL: gettext_noop("Some parts could not be written. Everything else can be read."),
}

# What somebody typed stands in quotes.
_QUOTED = re.compile(r"“[^”]{0,600}”")
# Texts of ours are written in it, and so is what a model server says of itself.
_WRITTEN_IN = "en"


def is_for_learners(text: str) -> bool:
    return not _NOT_FOR_LEARNERS.search(_QUOTED.sub("", text[:REASON_MAX_CHARACTERS]))


def explain_artifact(error: str) -> str:
    """Why an artifact could not be written."""
    return _tell(error) or _("Something went wrong while this was being written.")


def explain_refusal(words: str) -> str:
    """Why no roadmap is made of a goal; `words` were written for whoever typed it."""
    return _tell(words) or _(
        "No roadmap can be made of this goal as it stands. Please put it in other words."
    )


def _tell(text: str) -> str:
    """As it is read in the language of the interface; empty where it is not for its readers."""
    if not text or not is_for_learners(text):
        return ""
    told = _(text)
    return told if told != text or _is_read_in(text, get_language() or _WRITTEN_IN) else ""


def _is_read_in(text: str, language: str) -> bool:
    if primary_language(language) == _WRITTEN_IN:
        return True
    letters = weigh(_QUOTED.sub("", text[:REASON_MAX_CHARACTERS]))
    return max(letters, key=lambda script: letters[script], default="") in scripts_of(language)


def explain_run(
    state: str, reason: str, *, refused: bool = False, resumes_at: datetime | None = None
) -> str:
    """Why a run was stopped or is not whole; empty where there is nothing to tell.

    `refused`: the goal is at fault, and the reason was written for whoever typed it. `resumes_at`:
    when a paused one goes on by itself.
    """
    if refused:
        return explain_refusal(reason)
    if state == RunState.PAUSED:
        return _explain_pause(reason, resumes_at)
    if state == RunState.CANCELLED and reason in {DISCARDED, FORGOTTEN}:
        return _(reason)
    ended = _ENDED.get(state)
    return _(ended) if ended else ""


def _explain_pause(reason: str, resumes_at: datetime | None) -> str:
    if reason.startswith(DAY_SPENT) and resumes_at is not None:
        return _(
            "As much is written as may be in a day. It goes on by itself %(when)s; nothing that is "
            "written gets lost."
        ) % {"when": say_at(resumes_at)}
    if reason.startswith(DAY_SPENT):
        return _(
            "As much is written as may be in a day. It goes on by itself with the next one; "
            "nothing that is written gets lost."
        )
    if reason.startswith(RUN_SPENT):
        return _(
            "As much has been spent on it as this site allows. Whoever runs the site can allow "
            "more; nothing that is written gets lost."
        )
    return _(
        "Nothing can be written here at the moment. Whoever runs the site has to look into it; "
        "nothing that is written gets lost, and what is missing can be written later."
    )


def say_at(moment: datetime) -> str:
    """A time of day, in the reader's time zone."""
    local = timezone.localtime(moment)
    zone = timezone.get_current_timezone_name().replace("_", " ")
    return _("at %(time)s (%(zone)s)") % {"time": local.strftime("%H:%M"), "zone": zone}
