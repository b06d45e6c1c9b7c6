"""What may go wrong at a writer, by its consequence."""

from __future__ import annotations

from generation.port.spent import Spent


class ProviderError(Exception):
    """An answer that did not come. The message is fit for a learner; details go to `detail`.

    `usage` is what was spent on it all the same.
    """

    def __init__(self, message: str, *, detail: str = "", usage: Spent | None = None) -> None:
        # Many a library's time-out has nothing to say.
        super().__init__(message or "No reason was given.")
        self.detail = detail
        self.usage = usage or Spent()


class TransientError(ProviderError):
    """May well succeed when asked again: time-outs, overload, a broken connection."""


class ContentError(ProviderError):
    """What came back cannot be used, and asking again would not help."""


class MalformedError(ContentError):
    """No answer of the form that was asked for, though it was asked for again at once."""


class CutOffError(ContentError):
    """The answer is longer than there was room for. Asking for less, or for more room, may help."""


class SystemicError(ProviderError):
    """Nothing will succeed until a person acts: a refused key, a spent quota. Pauses the run."""


class CannotOpen(SystemicError):
    """A provider that cannot even begin: nobody was asked anything."""


class GoalRefused(ProviderError):
    """This provider cannot or will not serve the goal. The message says why and what to do.

    What operators can do about it is nothing for learners: they are told `for_learners`.
    """

    def __init__(
        self, message: str, *, suggestions: tuple[str, ...] = (), for_learners: str = ""
    ) -> None:
        super().__init__(message)
        self.suggestions = suggestions
        self.for_learners = for_learners or str(self)
