"""Reading the environment: blank means default, and a bad value is told by name."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from config.env_file import parse_assignments, read_text

BASE_DIR = Path(__file__).resolve().parents[1]
DEVELOPMENT = "config.settings.development"

Number = TypeVar("Number", int, float)


def read_env_file() -> None:
    """Take over what .env says, where there is one; the environment has the last word.

    Raises ImproperlyConfigured for one that cannot be taken over whole.
    """
    path = BASE_DIR / ".env"
    if path.exists():
        for name, value in parse_assignments(read_text(path, ".env"), str(path)).items():
            os.environ.setdefault(name, value)


def choose_settings(module: str | None = None) -> None:
    """Fix DJANGO_SETTINGS_MODULE: as given, of the environment, of .env, else development.

    Every way into the program calls this before Django looks: a .env that asks for production must
    not be served by development.
    """
    read_env_file()
    chosen = module or os.environ.get("DJANGO_SETTINGS_MODULE", "").strip()
    os.environ["DJANGO_SETTINGS_MODULE"] = chosen or DEVELOPMENT


class Environment(Env):  # type: ignore[misc]  # comes without types
    """The environment, where <NAME>_FILE may name a file that holds the value of NAME.

    `NAME=` is the same as no NAME at all: compose files and copied examples are full of them. And a
    value is what it is: one that begins with `$` is no reference to another, as in the library.
    """

    def __init__(self) -> None:
        super().__init__()
        # Some can be read but once: /dev/fd/3.
        self._files: dict[str, str] = {}

    def get_value(
        self, var: str, cast: Any = None, default: Any = Env.NOTSET, parse_default: bool = False
    ) -> Any:
        # The newline at the end of a secret's file is the editor's.
        value = self._read(var).strip()
        if value:
            if cast is None and default is not None and default is not self.NOTSET:
                cast = type(default)
            return self.parse_value(value, cast)
        if default is self.NOTSET:
            raise ImproperlyConfigured(f"{var} must be set.")
        return self.parse_value(default, cast) if parse_default and default else default

    def _read(self, var: str) -> str:
        environ: Mapping[str, str] = self.ENVIRON
        path = environ.get(f"{var}_FILE", "")
        if not path:
            return environ.get(var, "")
        if path not in self._files:
            self._files[path] = read_text(Path(path), f"{var}_FILE")
        return self._files[path]


def positive_number(env: Env, name: str, default: Number, *, kind: type[Number]) -> Number:
    """The finite number above zero that `name` holds. Raises ImproperlyConfigured."""
    text: str = env.str(name, default=str(default))
    try:
        value = kind(text)
    except ValueError:
        value = kind(0)
    if not 0 < value < math.inf:
        wanted = "a whole number" if kind is int else "a number"
        raise ImproperlyConfigured(f"{name} is “{text}”; it must be {wanted} above zero.")
    return value


def optional_number(
    env: Env,
    name: str,
    *,
    least: float | None = None,
    kind: type[int | float] = float,
) -> float | None:
    """The number above zero (or from `least` on) that `name` holds; None where it holds nothing."""
    text: str = env.str(name, default="")
    if not text:
        return None
    try:
        value = kind(text)
    except ValueError:
        value = -math.inf
    if not (value < math.inf and (value > 0 if least is None else value >= least)):
        wanted = "above zero" if least is None else f"of {least:g} or more"
        noun = "a whole number" if kind is int else "a number"
        raise ImproperlyConfigured(f"{name} is “{text}”; it must be {noun} {wanted}.")
    return value


def whole_number(
    env: Env, name: str, default: int, *, least: int = 0, most: float = math.inf
) -> int:
    """The whole number that `name` holds. Raises ImproperlyConfigured outside its bounds."""
    text: str = env.str(name, default=str(default))
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        bounds = f"of {least} or more" if most == math.inf else f"from {least} to {most:g}"
        raise ImproperlyConfigured(f"{name} is “{text}”; it must be a whole number {bounds}.")
    return value


def one_of(env: Env, name: str, choices: Sequence[str]) -> str:
    """One of a few words, or nothing. Raises ImproperlyConfigured naming them."""
    value: str = env.str(name, default="")
    if value and value not in choices:
        raise ImproperlyConfigured(f"{name} is “{value}”; it must be one of {', '.join(choices)}.")
    return value


def yes_or_no(env: Env, name: str) -> bool:
    """False where nothing is said. Raises ImproperlyConfigured for what is neither."""
    words = {"on": True, "true": True, "yes": True, "1": True}
    words |= {"off": False, "false": False, "no": False, "0": False, "": False}
    text: str = env.str(name, default="").lower()
    if text not in words:
        raise ImproperlyConfigured(f"{name} is “{text}”; it must be on or off.")
    return words[text]


def model_server_key(env: Env) -> str:
    """LLM_API_KEY, which a header can carry."""
    key: str = env.str("LLM_API_KEY", default="")
    if not (key.isascii() and key.isprintable()):
        raise ImproperlyConfigured(
            "LLM_API_KEY holds a character that no key has (a curly quote, a space of some kind, "
            "a line break): copy it again."
        )
    return key


def split_address(url: str) -> SplitResult:
    """The parts of an address; none where it has no such form, and none of one for people."""
    try:
        parts = urlsplit(url)
        if url.isprintable() and " " not in url and parts.port != 0:
            return parts
    except ValueError:
        pass
    return SplitResult("", "", "", "", "")


# What documentation of servers shows: the whole of what is asked, which we complete ourselves.
_COMPLETED = "/chat/completions"


def model_server_url(env: Env) -> str:
    """LLM_BASE_URL without what we put at its end, or nothing; with its query (Azure's)."""
    said: str = env.str("LLM_BASE_URL", default="")
    parts = split_address(said)
    if said and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ImproperlyConfigured(
            "LLM_BASE_URL must begin with http:// or https://, such as http://localhost:11434/v1."
        )
    if parts.username or parts.password:
        raise ImproperlyConfigured("LLM_BASE_URL holds a password; give it as LLM_API_KEY.")
    path = parts.path.rstrip("/").removesuffix(_COMPLETED).rstrip("/")
    return urlunsplit(parts._replace(path=path, fragment=""))


def site_url(env: Env, default: str) -> str:
    """SITE_URL without a slash at the end. Raises ImproperlyConfigured unless it is absolute."""
    url: str = env.str("SITE_URL", default=default).rstrip("/")
    parts = split_address(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(f"SITE_URL is “{url}”; it must begin with http:// or https://.")
    return url
