"""What a language's tag says, and how a language is named."""

from __future__ import annotations

import re

from concepts.languages.tables import (
    ALIASES,
    FALSE_WORDS,
    LANGUAGES,
    TRUE_WORDS,
    Language,
)


def primary_language(tag: str) -> str:
    """The language of a tag without script and region: zh for zh-Hans."""
    primary = tag.replace("_", "-").split("-")[0].casefold()
    return ALIASES.get(primary, primary)


def find_language(tag: str) -> Language | None:
    folded = tag.replace("_", "-").casefold()
    folded = ALIASES.get(folded, folded)
    if folded.startswith("zh-hant"):
        folded = "zh-hant"
    return LANGUAGES.get(folded) or LANGUAGES.get(primary_language(tag))


def is_same_language(one: str, other: str) -> bool:
    """Of two tags: en-GB is en, zh-Hans is zh and zh-CN, and none of these is zh-Hant."""
    known = find_language(one)
    if known is not None:
        return known is find_language(other)
    return primary_language(one) == primary_language(other)


def describe_language(tag: str) -> str:
    """For a prompt: “Chinese (中文, zh)”."""
    language = find_language(tag)
    if language is None:
        return f"the language of the BCP 47 tag “{tag}”"
    return f"{language.name} ({language.own_name}, {tag})"


def request_language(tag: str) -> str:
    """The order to write in a language, in that language where we know it."""
    language = find_language(tag)
    return language.request if language else f"Write everything in {describe_language(tag)}."


def find_tag(text: str) -> str | None:
    """A tag for what a model calls a language: “Chinese”, “中文”, “zh_CN”; None when unknown."""
    folded = text.strip().casefold()
    for tag, language in LANGUAGES.items():
        if folded in {language.name.casefold(), language.own_name.casefold()}:
            return "zh-Hant" if tag == "zh-hant" else tag
    tag = text.strip().replace("_", "-")
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else None


def true_and_false(tag: str) -> tuple[str, str] | None:
    """The labels of a true/false question; None for a language we have no words for."""
    language = find_language(tag)
    return (language.true, language.false) if language else None


def means_true(label: str) -> bool | None:
    """Whether a choice says true or false, in any language we know; None when it says neither."""
    folded = label.strip().strip(".。!").casefold()
    if folded in TRUE_WORDS | {language.true.casefold() for language in LANGUAGES.values()}:
        return True
    if folded in FALSE_WORDS | {language.false.casefold() for language in LANGUAGES.values()}:
        return False
    return None
