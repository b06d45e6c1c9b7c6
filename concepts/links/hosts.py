"""Whether a host is one that anybody may be sent to: public, and what it looks like. Pure.

The rules for scripts are those of Unicode's report on security (UTS 39, "highly restrictive"), with
its look-alikes of Latin letters as browsers list them.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from itertools import pairwise

import idna

_PLAIN_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Names that lead into somebody's own network, or nowhere by design.
_PRIVATE_TOPS = {
    "alt", "arpa", "cluster", "corp", "docker", "domain", "home", "i2p", "internal",
    "intranet", "invalid", "lan", "local", "localdomain", "localhost", "localnet", "mail", "onion",
    "priv", "private", "svc", "test", "workgroup",
}  # fmt: skip
# Services whose names tell the address they lead to, and names that lead to the reader's own host.
_TO_ANY_ADDRESS = (
    "1u.ms", "backname.io", "fritz.box", "fuf.me", "lacolhost.com", "local.gd", "localho.st",
    "localhost.direct", "localtest.me", "lvh.me", "nip.io", "rbndr.us", "sslip.io", "traefik.me",
    "vcap.me", "xip.io", "yoogle.com",
)  # fmt: skip
# Many more such services tell the address with dots or dashes.
_SPELT = re.compile(r"(?<![0-9])(?=((?:[0-9]{1,3}[.-]){3}[0-9]{1,3})(?![0-9]))")
# Only hosts of a cloud see the first; of the others the standard library's releases differ.
_NOT_FOR_ALL = tuple(
    map(
        ipaddress.IPv4Network,
        ("168.63.129.16/32", "192.0.0.0/24", "192.31.196.0/24", "192.88.99.0/24"),
    )
)
_SCRIPTS = {
    "ARABIC", "ARMENIAN", "BENGALI", "BOPOMOFO", "CYRILLIC", "DEVANAGARI", "ETHIOPIC", "GEORGIAN",
    "GREEK", "GUJARATI", "GURMUKHI", "HAN", "HANGUL", "HEBREW", "KANA", "KANNADA", "KHMER", "LAO",
    "LATIN", "MALAYALAM", "MYANMAR", "ORIYA", "SINHALA", "TAMIL", "TELUGU", "THAANA", "THAI",
    "TIBETAN",
}  # fmt: skip
_BY_NAME = {
    "ARABIC-INDIC": "ARABIC", "CJK": "HAN", "COMBINING": "", "EXTENDED": "ARABIC",
    "HIRAGANA": "KANA", "IDEOGRAPHIC": "HAN", "KATAKANA": "KANA",
    "KATAKANA-HIRAGANA": "KANA", "MIDDLE": "",
}  # fmt: skip
_TOGETHER = ({"LATIN", "HAN", "KANA"}, {"LATIN", "HAN", "BOPOMOFO"}, {"LATIN", "HAN", "HANGUL"})
# Letters that are taken for Latin ones: a label of nothing else imitates.
_LOOK_LATIN = set("асԁеһіјӏорԛѕԝхуъьҽпгѵѡαικνρυωηοτագզէլհյոսւօიოყძხჽჿדוחיןסװײทนบพรหเแดลปฟม")
_LOOK_LIKE_CAPITALS = set("АВЕЅІЈКМНОРСТУҮХԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧՏՍՕԼ")
# Latin letters that are no ASCII letter with a mark, and not taken for one either.
_LATIN_OWN = set("ßæœøđðþłħŋəı")
# Taken for a slash, a dash or a letter when they stand beside Latin.
_LOOK_LIKE_SIGNS = set("ノソンゾーニエロー一二工口丶丨〇へヘべベぺペ")


def is_public_host(host: str) -> bool:
    """Whether a host (of an address, without its port) is public and no imitation."""
    if len(host) > 253:
        return False
    written = unicodedata.normalize("NFC", host).removesuffix(".").split(".")
    labels = [label.lower() for label in written]
    if _NUMBER.fullmatch(labels[-1]):
        return _is_public_ip(host)
    shown = [_shown(label) for label in labels]
    return (
        len(labels) > 1
        and labels[-1] not in _PRIVATE_TOPS
        and len(labels[-1]) > 1
        and not f".{'.'.join(labels)}".endswith(tuple(f".{name}" for name in _TO_ANY_ADDRESS))
        and all(_is_public_ip(told.replace("-", ".")) for told in _SPELT.findall(host))
        and all(shown)
        and not any(_imitates(label, shown[-1]) for label in [*shown, *written])
    )


def ascii_host(host: str) -> str:
    """One spelling of a host, for comparing."""
    labels = unicodedata.normalize("NFKC", host).lower().removesuffix(".").split(".")
    return ".".join(_ascii_label(label) for label in labels)


def _ascii_label(label: str) -> str:
    try:
        return label if label.isascii() else idna.alabel(label).decode("ascii")
    except idna.IDNAError:
        return label


def _is_public_ip(host: str) -> bool:
    """Four figures as everybody writes them; every other spelling of a number hides one."""
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return False
    is_for_all = not any(address in network for network in _NOT_FOR_ALL)
    return is_for_all and address.is_global and not address.is_multicast


def _shown(label: str) -> str:
    """A label as readers see it; empty where it may be none."""
    if label.isascii() and not label.startswith("xn--"):
        return label if _PLAIN_LABEL.fullmatch(label) else ""
    if len(label) > 63:
        return ""
    try:
        shown = idna.ulabel(label) if label.isascii() else unicodedata.normalize("NFC", label)
        return shown if idna.alabel(shown).isascii() else ""
    except idna.IDNAError:
        return ""


def _imitates(label: str, top: str) -> bool:
    if label.isascii():
        return False
    scripts = _scripts(label)
    if not scripts <= _SCRIPTS or not _may_stand_together(scripts):
        return True
    letters = {letter for letter in label if not letter.isascii()}
    if all(unicodedata.category(letter) == "Nd" for letter in letters):
        return True
    if "LATIN" in scripts:
        return letters == {"ı"} or any(map(_is_odd_latin, letters)) or _hides_a_sign(label)
    return letters <= _LOOK_LATIN | _LOOK_LIKE_CAPITALS and _scripts(top) != scripts


def _may_stand_together(scripts: set[str]) -> bool:
    return len(scripts) <= 1 or any(scripts <= allowed for allowed in _TOGETHER)


def _scripts(label: str) -> set[str]:
    return {script for letter in label if (script := _script(letter))}


def _script(letter: str) -> str:
    if letter.isascii():
        return "LATIN" if letter.isalpha() else ""
    name = unicodedata.name(letter, "?").split()[0]
    return _BY_NAME.get(name, name)


def _is_odd_latin(letter: str) -> bool:
    if unicodedata.name(letter, "").startswith("COMBINING"):
        return True
    if _script(letter) != "LATIN" or letter in _LATIN_OWN:
        return False
    return not unicodedata.normalize("NFD", letter)[0].isascii()


def _hides_a_sign(label: str) -> bool:
    return any(
        (one in _LOOK_LIKE_SIGNS and other.isascii())
        or (other in _LOOK_LIKE_SIGNS and one.isascii())
        for one, other in pairwise(label)
    )
