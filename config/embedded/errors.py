"""The one exception callers of this package have to know."""


class EmbeddedServiceError(RuntimeError):
    """An embedded server cannot be used; the message says what to do about it."""
