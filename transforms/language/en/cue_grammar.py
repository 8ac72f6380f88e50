"""List the function words of English cues, and define patterns for the negation and modality of cues."""

from __future__ import annotations

import re

from transforms.language.language import CueGrammar

_AUXILIARIES = frozenset(
    (
        "be am is are was were been being have has had having do does did doing will would can could may might "
        "must shall should ca wo s 's d ll m re ve"
    ).split()
)
_DETERMINERS = frozenset(
    "a an the this that these those his her its their our my your 's no any some".split()
)
_PREPOSITIONS = frozenset("in of on by with from at for under during".split())
_OTHERS = frozenset(
    "to as about against into over and or but not n't never also he she it they him them who which".split()
)

_AUXILIARY = "|".join(sorted(_AUXILIARIES - {"'s", "s"}))
_DETERMINER = "|".join(sorted(_DETERMINERS - {"'s"}))
_NOT_ONLY = r"(?!\s+(?:only|just|merely|simply|least)\b)"

_MODALS = {
    "possible": "may|might|can|could",
    "expected": (
        "will|shall|wo|'ll|(?:is|are|was|were) (?:widely |also )?(?:expected|due|set|likely|scheduled|going) to"
        "|(?:plan|plans|planned|intend|intends|intended) to"
    ),
    "conditional": "would|should",
}
_BETWEEN = r"(?:\s+(?:not|never|also|then|still|now|have|be|\w+ly))*"


def _modal_inside(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})(?:n't|'t|not)?\s")


def _modal_before(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\b|(?='))(?:{words})(?:n't|'t|not)?{_BETWEEN}\s+$")


CUE_GRAMMAR = CueGrammar(
    word=re.compile(r"'s\b|n't\b|[^\W_]+?(?=n't\b)|[^\W_]+(?:-[^\W_]+)*"),
    determiners=_DETERMINERS,
    prepositions=_PREPOSITIONS,
    auxiliaries=_AUXILIARIES,
    negations=frozenset(("not", "n't", "never", "'s")),
    function_words=_AUXILIARIES | _DETERMINERS | _PREPOSITIONS | _OTHERS,
    noun_negation="no",
    infinitive="to",
    negated_inside=re.compile(rf"(?:\b(?:not|never|cannot|without|neither|nor)|n't)\b{_NOT_ONLY}"),
    negated_before=re.compile(
        rf"(?:\b(?:not|never|cannot|without|neither)|n't)\b{_NOT_ONLY}"
        rf"(?:\s+(?:{_AUXILIARY}|to|yet|also|ever|even|\w+ly)){{0,4}}\s+$"
        rf"|\bnor\s+(?:{_AUXILIARY})(?:\s+\w+){{1,4}}\s+$"
    ),
    noun_negated_before=re.compile(r"\bno(?:\s+\w+)?\s+$"),
    determiner_before=re.compile(rf"(?:\b(?:{_DETERMINER})|'s)\s+$"),
    modal_inside={name: _modal_inside(words) for name, words in _MODALS.items()},
    modal_before={name: _modal_before(words) for name, words in _MODALS.items()},
    any_modal_inside=_modal_inside("|".join(_MODALS.values())),
    any_modal_before=_modal_before("|".join(_MODALS.values())),
)
