"""What the analysis asks of a language. `docs/languages.md` says what it takes to add one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

InflectVerb = Callable[[str, Mapping[str, set[str]]], set[str]]


@dataclass(frozen=True, eq=False)
class Inflection:
    """Spelling of inflected words: a dictionary form to its written forms, and back."""

    noun_forms: Callable[[str], set[str]]
    verb_forms: InflectVerb  # of a verb, and the past forms of all irregular ones
    dictionary_form: Callable[[str], str]  # of a word that no list has

    def is_inflected(self, word: str) -> bool:
        """Whether the word differs from its dictionary form."""
        return self.dictionary_form(word) != word


@dataclass(frozen=True, eq=False)
class CueGrammar:
    """Small words in and before a cue, in lower case; patterns match the cue, or the text that ends where it begins."""

    word: re.Pattern[str]  # one word of a cue
    determiners: frozenset[str]
    prepositions: frozenset[str]
    auxiliaries: frozenset[str]
    negations: frozenset[str]
    function_words: frozenset[str]  # carry no sense of their own
    noun_negation: str  # negates a noun alone: "gave no hint"
    infinitive: str  # after a verb that governs the next: "urged him to say"
    negated_inside: re.Pattern[str]
    negated_before: re.Pattern[str]
    noun_negated_before: re.Pattern[str]
    determiner_before: re.Pattern[str]
    modal_inside: Mapping[str, re.Pattern[str]]  # by modality, see MODALITIES in `schema/tables.py`
    modal_before: Mapping[str, re.Pattern[str]]


@dataclass(frozen=True)
class Seeds:
    """Names of the CSV files in `seeds/` that hold words of the language."""

    cues: str
    irregular_verbs: str
    titles: str
    given_names: str
    nicknames: str


@dataclass(frozen=True)
class ModelFiles:
    """Names of the files in `models/` that were trained on the language."""

    tagger_network: str
    tagger_weights: str
    references: str  # chooses whom a pronoun or a description means
    bodies: str  # guesses types and countries of actors by the words of their names
    roles: str  # tells by its sense whether a word names a role


@dataclass(frozen=True, eq=False)
class Language:
    """A language whose articles are analysed."""

    code: str  # ISO 639-1
    name: str
    inflection: Inflection
    cues: CueGrammar
    seeds: Seeds
    models: ModelFiles
