"""Define a constant for each word list of the articles' language.

`WordLists` in `transforms/language/language.py` explains the lists.
"""

from __future__ import annotations

from transforms.language import ENGLISH

_WORDS = ENGLISH.words

ABBREVIATIONS = _WORDS.abbreviations
ADDRESSED = _WORDS.addressed
AFTER_LANGUAGE = _WORDS.after_language
AFTER_NAMES = _WORDS.after_names
AFTER_ROLE = _WORDS.after_role
ALSO_WORDS = _WORDS.also_words
ARTICLES = _WORDS.articles
BARE_WORDS = _WORDS.bare_words
BELONGS = _WORDS.belongs
CALLED = _WORDS.called
CLAUSE = _WORDS.clause
CONNECTORS = _WORDS.connectors
DETERMINERS = _WORDS.determiners
DOCUMENTS = _WORDS.documents
DOMAINS = _WORDS.domains
FINITE = _WORDS.finite
HE = _WORDS.he
INTERJECTIONS = _WORDS.interjections
LANGUAGE_VERBS = _WORDS.language_verbs
LEADING_THINGS = _WORDS.leading_things
LETTERS_AFTER = _WORDS.letters_after
LOOSE = _WORDS.loose
MADE = _WORDS.made
NOT_ACTORS = _WORDS.not_actors
OPENERS = _WORDS.openers
PAIRED_HONORIFICS = _WORDS.paired_honorifics
PARTICLES = _WORDS.particles
PLATFORMS = _WORDS.platforms
POSSESSIVES = _WORDS.possessives
POSTED_AFTER = _WORDS.posted_after
POSTED_BEFORE = _WORDS.posted_before
PREFIXES = _WORDS.prefixes
SHE = _WORDS.she
SMALL_WORDS = _WORDS.small_words
SPEAKS = _WORDS.speaks
STOPS = _WORDS.stops
SUFFIXES = _WORDS.suffixes
SURVEYS = _WORDS.surveys
SURNAMES_TOO = _WORDS.surnames_too
THINGS = _WORDS.things
TITLES_TOO = _WORDS.titles_too
TRAILING = _WORDS.trailing
TYPED = _WORDS.typed
WHO = _WORDS.who
