"""Define the interface of a language. `docs/languages.md` explains how to add a language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

InflectVerb = Callable[[str, Mapping[str, set[str]]], set[str]]


@dataclass(frozen=True, eq=False)
class Inflection:
    """Functions that convert a dictionary form to its written forms, and a written form to its dictionary form."""

    noun_forms: Callable[[str], set[str]]
    verb_forms: InflectVerb  # takes a verb and the past forms of irregular verbs
    dictionary_form: Callable[[str], str]  # for words that are in no list

    def is_inflected(self, word: str) -> bool:
        """Whether the word differs from its dictionary form."""
        return self.dictionary_form(word) != word


@dataclass(frozen=True, eq=False)
class CueGrammar:
    """Function words in and before a cue, in lower case, and patterns for the cue or for the text before it."""

    word: re.Pattern[str]  # one word of a cue
    determiners: frozenset[str]
    prepositions: frozenset[str]
    auxiliaries: frozenset[str]
    negations: frozenset[str]
    function_words: frozenset[str]  # words without a meaning of their own
    noun_negation: str  # negates only nouns: "gave no hint"
    infinitive: str  # follows a verb that governs the next verb: "urged him to say"
    negated_inside: re.Pattern[str]
    negated_before: re.Pattern[str]
    noun_negated_before: re.Pattern[str]
    determiner_before: re.Pattern[str]
    modal_inside: Mapping[str, re.Pattern[str]]  # keys are modalities, see MODALITIES in `schema/tables.py`
    modal_before: Mapping[str, re.Pattern[str]]
    any_modal_inside: re.Pattern[str]  # matches where one of `modal_inside` does
    any_modal_before: re.Pattern[str]


@dataclass(frozen=True, eq=False)
class WordLists:
    """Word lists for the rules on names, references and roles; in lower case unless a comment says otherwise."""

    # Names.
    connectors: frozenset[str]  # inside names of organizations: "of"
    particles: frozenset[str]  # inside names of people: "van"
    suffixes: frozenset[str]  # after names of people: "jr"
    paired_honorifics: frozenset[tuple[str, str]]  # titles of two words
    after_names: frozenset[str]  # after a name and a comma: "QC"
    letters_after: frozenset[str]  # in capitals after a name, but not part of the name: "MP"
    surnames_too: frozenset[str]  # words of `not_actors` that are also family names
    titles_too: frozenset[str]  # titles that are also family names
    also_words: frozenset[str]  # given names that are also words
    small_words: frozenset[str]  # never part of a person's name
    interjections: frozenset[str]  # never part of a name: "wow"
    trailing: frozenset[str]  # after a name in a headline: "says"
    prefixes: tuple[str, ...]  # before the name of a country: "pro-"
    domains: tuple[str, ...]  # ends of names of websites
    bare_words: frozenset[str]  # alone, they refer to an organization named elsewhere: "court"

    # Names of things that are not actors.
    not_actors: frozenset[str]  # last or only word of such a name: "treaty"
    made: frozenset[str]  # last word of the name of a law or prize
    things: frozenset[str]  # next to a name, shows that it means a thing: "film"
    leading_things: frozenset[str]  # first word of such a name: "storm"
    called: frozenset[str]  # before such a name: "titled"
    articles: frozenset[str]  # before such a name: "the"
    platforms: frozenset[str]  # websites where people post
    possessives: frozenset[str]  # after the name of an owner, as separate words: "'s"
    posted_before: frozenset[str]  # before a platform: "via"
    posted_after: frozenset[str]  # after a platform: "account"
    language_verbs: frozenset[str]  # before the name of a language: "speak"
    after_language: frozenset[str]  # after the name of a language

    # References and roles.
    determiners: frozenset[str]  # "the", "her"
    he: frozenset[str]  # pronouns for a man
    she: frozenset[str]  # pronouns for a woman
    who: frozenset[str]  # relative pronouns for a person
    clause: frozenset[str]  # between a subject and a pronoun, shows that another clause begins
    splitters: frozenset[str]  # words that begin another clause: "although"
    negators: frozenset[str]  # negate the words that follow: "never"
    finite: frozenset[str]  # finite verb forms of a clause: "has"
    openers: frozenset[str]  # first word of a phrase before the subject: "during"
    loose: frozenset[str]  # words of a description that may be missing from the role: "former"
    typed: frozenset[str]  # nouns that name a type of organization: "party"
    belongs: frozenset[str]  # between a role and its organization: "of"
    stops: frozenset[str]  # words that end the search for a role
    after_role: frozenset[str]  # may follow a role
    documents: frozenset[str]  # documents that speak for their author: "report"
    surveys: frozenset[str]  # findings, which have no single author: "poll"
    addressed: frozenset[str]  # communications with an addressee: "letter"
    speaks: frozenset[str]  # after a name, shows that it is a speaker: "said"

    # Sentences.
    abbreviations: frozenset[str]  # words whose full stop does not end a sentence


@dataclass(frozen=True)
class Seeds:
    """Names of the CSV files in `seeds/` with words of the language."""

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
    sources: str  # chooses the source of a statement
    references: str  # chooses whom a pronoun or a description means
    bodies: str  # guesses types and countries of actors
    roles: str  # decides from the meaning of a word whether it names a role
    descriptions: str  # decides whether a phrase next to a name describes the person
    role_tags: str  # marks the words near a name that state a role
    role_places: str  # guesses where a role is held
    stance: str  # estimates the stance of a speaker
    doubtful_names: str  # decides whether a doubtful name means an actor, and of which kind


@dataclass(frozen=True, eq=False)
class Language:
    """One language: its code and name, word lists, inflection, grammar of cues, seeds and models."""

    code: str  # ISO 639-1
    name: str
    inflection: Inflection
    cues: CueGrammar
    words: WordLists
    seeds: Seeds
    models: ModelFiles
