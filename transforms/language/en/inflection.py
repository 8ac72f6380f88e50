"""Inflect English words of cues: from the dictionary form to all written forms, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST_WORD = 40  # letters; no English word is longer
_HISSING = re.compile(r"(?:s|x|z|ch|sh|o)$")
_CONSONANT_Y = re.compile(r"[^aeiou]y$")
_ONE_CONSONANT = re.compile(r"[aeiou][bcdfgklmnprtvz]$")
_DOUBLED = re.compile(r"([bcdgkmnprt])\1$")
_LOST_E = re.compile(
    r"(?:[cgvz]|[^aeiou][aeo]s|[^eo]at|[^o]id|ud|ot|tur|[^aeiou][ou]k|nor|[bcdfgkpstz]l|[^q]u|^[^aeiou]+[aeiou][^aeiouwxy])$"
)
_SUFFIX = re.compile(r"^(?P<stem>[^\Waeiouy]*[aeiouy]\w+)(?:ing|ed)$")


def noun_forms(noun: str) -> set[str]:
    """Return the singular and the plural of a noun: "inquiry", "inquiries"."""
    return {noun, _add_s(noun)}


def verb_forms(verb: str, irregular: Mapping[str, set[str]]) -> set[str]:
    """Return all forms of a verb; `irregular` has the past forms of irregular verbs.

    If the last consonant may be doubled, the forms include both spellings: "labelled", "labeled".
    """
    stems = {verb, verb + verb[-1]} if _ONE_CONSONANT.search(verb) else {verb}
    ing = {_add_ing(stem) for stem in stems}
    return {verb, _add_s(verb)} | ing | irregular.get(verb, {_add_ed(stem) for stem in stems})


def dictionary_form(word: str) -> str:
    """Guess the dictionary form of an unlisted word: "zeroes" -> "zero", "sided" -> "side"."""
    if len(word) > LONGEST_WORD:
        return word
    if re.search(r"[^aeiou]ie[sd]$", word) and len(word) > 4:
        return word[:-3] + "y"
    suffixed = _SUFFIX.match(word)
    if suffixed:
        return _restore(suffixed["stem"])
    if word.endswith("es") and _HISSING.search(word[:-2]) and not word.endswith("ses"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and len(word) > 3 and not re.search(r"[siu]s$", word) else word


def _restore(stem: str) -> str:
    """Return the verb for a stem that is left without -ing or -ed: "stopp" -> "stop", "sid" -> "side"."""
    if _DOUBLED.search(stem):
        return stem[:-1]
    return stem + "e" if _LOST_E.search(stem) else stem


def _add_s(word: str) -> str:
    if _CONSONANT_Y.search(word):
        return word[:-1] + "ies"
    return word + "es" if _HISSING.search(word) else word + "s"


def _add_ed(verb: str) -> str:
    if _CONSONANT_Y.search(verb):
        return verb[:-1] + "ied"
    return verb + "d" if verb.endswith("e") else verb + "ed"


def _add_ing(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    return verb[:-1] + "ing" if re.search(r"[^eoy]e$", verb) and verb != "be" else verb + "ing"
