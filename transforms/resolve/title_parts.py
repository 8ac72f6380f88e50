"""Decide whether a span of words is part of a title rather than a name: 'State' in 'Secretary of State'."""

from __future__ import annotations

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.name_gaps import is_family_name


def is_title_part(text: Text, first: int, last: int) -> bool:
    """Whether the span is part of a title: 'State' in 'Secretary of State', 'Trade' in 'Trade Minister'."""
    vocabulary, nouns = lexicon.title_words(), lexicon.role_nouns()
    if first >= 2 and text.lower[first - 1] == "of" and text.lower[first - 2] == "secretary":
        return text.lower[first] == "state"
    if first and before_dot(text, first) in lexicon.honorifics():
        return not is_family_name(text, first)
    if last - first > 1 and text.lower[last - 1] in lexicon.organization_words():
        return False  # "Trade Ministry spokesman"
    if _is_bare_title(text, first, last):
        return True
    inside = all(text.lower[i] in vocabulary for i in range(first, last))
    if inside and first >= 2 and text.lower[first - 1] == "for" and text.lower[first - 2] in nouns:
        return True  # "Minister for Education"
    return inside and (text.lower[last - 1] in nouns or (last < text.size and _names_role(text.lower[last])))


def _is_bare_title(text: Text, first: int, last: int) -> bool:
    """Whether the span is a title with an article before it, or a short title: 'the Duke', 'Cllr'."""
    if last - first != 1 or text.words[first] in lexicon.known_names():
        return False
    follows_article = first > 0 and text.lower[first - 1] == "the"
    return text.lower[first] in lexicon.full_titles() or (
        follows_article and text.lower[first] in lexicon.title_genders()
    )


def _names_role(word: str) -> bool:
    return lexicon.is_role(word) or (word.endswith("s") and lexicon.is_role(word[:-1]))


def before_dot(text: Text, first: int) -> str:
    """Return the word before word `first` in lower case, skipping a full stop."""
    i = first - 2 if first > 1 and text.words[first - 1] == "." else first - 1
    return text.lower[i]
