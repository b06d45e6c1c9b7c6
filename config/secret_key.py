"""A development key that stays the same between starts. Production brings its own."""

import os
import secrets
import tempfile
from pathlib import Path


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
