"""A development key that stays the same between starts. Production brings its own, a strong one."""

import os
import secrets
import tempfile
from pathlib import Path

from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured


def development_secret_key(path: Path) -> str:
    """Read the key, or make one; two processes that start at once agree on the first one's."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
        fresh = Path(name)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)  # fails where another process was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


def refuse_weak_key(key: str) -> None:
    """What `check --deploy` only warns of. Raises ImproperlyConfigured, without the key."""
    if key.startswith(SECRET_KEY_INSECURE_PREFIX):
        weakness = f"begins with {SECRET_KEY_INSECURE_PREFIX}, so it was made for development"
    elif len(key) < SECRET_KEY_MIN_LENGTH:
        weakness = f"has {len(key)} characters, fewer than {SECRET_KEY_MIN_LENGTH}"
    elif len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS:
        weakness = f"has fewer than {SECRET_KEY_MIN_UNIQUE_CHARACTERS} different characters"
    else:
        return
    raise ImproperlyConfigured(
        f"SECRET_KEY {weakness}; who guesses it can sign in as anybody. Make a random one: "
        'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
