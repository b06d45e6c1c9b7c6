"""Web addresses: which may be links at all, and when two spellings are one link. Pure."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import idna

from concepts.links.hosts import ascii_host, is_public_host
from roadmaps.text import has_invisible

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SIGNS = "/%:@!$&'()*+,;=~"
_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid")

_ADDRESS = re.compile(
    r"https?://(?P<host>[^/?#\\@%\[\]:]+)(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_WITH_PROTOCOL = re.compile(
    r"(?<![\w/=])(?:(?:https?|hxxps?|ftps?|wss?):/{1,3}|www\.)([^\s/?#:\\]{1,253})", re.IGNORECASE
)
# Punctuation, arrows, boxes and emoji end a host.
_LABEL = (
    r"[^\s!-,./:-@\[-^`{-~\u00a0-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7"
    r"\u2000-\u206f\u2190-\u2bff\u3000-\u303f\U0001f000-\U0001faff]{1,63}"
)
_WITHOUT = re.compile(
    rf"(?:(?<![\w@/:])//|(?<![\w@/])(?<!\w\.))({_LABEL}(?:\.{_LABEL}){{1,9}})(/[a-z0-9])?"
)
# "python。org" is read as a host by browsers, and by people.
_FULL_STOP = re.compile(r"(?<=[a-z0-9])。(?=[a-z])", re.IGNORECASE)
# Scripts that put no space before a host.
_BEFORE = re.compile(r"^[\u0e00-\u0eff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7a3]+")
# What ends a host that stands in a text without its protocol. Names of files and of code end in
# many tops, too (manage.py, main.rs, scipy.io, logger.info, instance.pk): those are left out.
_TOPS = {
    "ac", "ai", "ar", "au", "biz", "br", "ca", "ch", "cl", "cn", "co", "com", "cz", "de", "dev",
    "dk", "edu", "ee", "es", "eu", "example", "fi", "fr", "gov", "gr", "hk", "hr", "hu", "ie", "il",
    "ir", "jp", "ke", "kr", "mil", "mx", "net", "ng", "nl", "nz", "org", "ph", "pt", "ro", "ru",
    "se", "sg", "su", "th", "tv", "tw", "ua", "uk", "us", "vn", "za", "中国", "公司", "网络", "рф",
    "укр", "한국",
}  # fmt: skip
# With a path behind them these are hosts, too.
_TOPS_WITH_PATH = _TOPS | {
    "app", "be", "blog", "cloud", "gg", "gl", "in", "info", "io", "is", "it", "link", "ly", "me",
    "online", "page", "pl", "site", "to", "wiki", "xyz",
}  # fmt: skip
# "ASP.NET" and "Socket.IO" are names of things.
_NAME_OF_A_THING = re.compile(r"[\w-]+\.(?:NET|IO|AI|JS)")
# Control characters, halves, private ones, ends of lines and paragraphs.
_NEVER_SEEN = {"Cc", "Cs", "Co", "Zl", "Zp"}
_BLANK_BRAILLE = "\u2800"
# More of a text than this is no address.
_LOOKED_AT = 2_000


def is_public_address(url: str) -> bool:
    """Whether anybody may be sent there, by its looks alone: http(s), no user, a public host that
    imitates none, nothing invisible. Whether it answers is seen later."""
    found = _ADDRESS.fullmatch(url)
    if found is None or not is_public_host(found["host"]):
        return False
    port = int(found["port"] or 443)
    return (port in {80, 443} or 1_023 < port < 65_536) and not _hides_something(url)


def _hides_something(url: str) -> bool:
    shown = unquote(url)
    return (
        "\\" in url
        or any(character.isspace() for character in url)
        or has_invisible(shown)
        or _BLANK_BRAILLE in shown
        or any(unicodedata.category(character) in _NEVER_SEEN for character in shown)
    )


def with_ascii_host(url: str) -> str:
    """A public address whose host browsers need not fold themselves."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return url
    start, end = found.span("host")
    return f"{url[:start]}{ascii_host(found['host'])}{url[end:]}"


def may_be_shown_as(text: str, url: str) -> bool:
    """Whether a link's text hides nothing, and names no other host than the one it leads to."""
    beginning = text[:_LOOKED_AT]
    if has_invisible(beginning):
        return False
    target = _ADDRESS.match(url)
    if target is None:
        return True
    host = _bare(target["host"])
    return all(
        _is_related(_bare(named), host) or _is_related(_bare(_BEFORE.sub("", named)), host)
        for named in _hosts_in(beginning)
    )


def _hosts_in(text: str) -> Iterator[str]:
    shown = _FULL_STOP.sub(".", unicodedata.normalize("NFKC", text))
    for found in _WITH_PROTOCOL.finditer(shown):
        yield found[1].strip("""."',;!)]}>»”’""")
    for found in _WITHOUT.finditer(_WITH_PROTOCOL.sub(" ", shown)):
        tops = _TOPS_WITH_PATH if found[2] else _TOPS
        if found[1].lower().rpartition(".")[2] in tops and not _NAME_OF_A_THING.fullmatch(found[1]):
            yield found[1]


def _bare(host: str) -> str:
    return ascii_host(host).removeprefix("www.")


def _is_related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def canonical_url(url: str) -> str:
    """Fold case of scheme and host, default port, fragment, tracking parameters, closing slash.

    http and https are one page for our purposes, so the scheme is always https here: this is a
    key for comparing, not an address to visit. Raises ValueError where there is no host.
    """
    parts = urlsplit(url.strip())
    if not parts.hostname:
        raise ValueError(f"“{url}” names no host")
    host = parts.hostname
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    if ":" in host:
        host = f"[{host}]"  # an IPv6 address
    if parts.port and parts.port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{parts.port}"
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith(_TRACKING)
    ]
    path = quote(parts.path.rstrip("/"), safe=_PATH_SIGNS)
    return urlunsplit(("https", host, path, urlencode(sorted(query)), ""))
