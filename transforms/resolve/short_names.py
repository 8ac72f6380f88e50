"""Find the short names of companies: 'Dorne' in an article that also names 'Dorne Widgets Ltd'.

Takes a `Text` and its `Name`s, and corrects their kinds; `find_repeated_names` looks for further occurrences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.gazetteer import country_of_place
from transforms.resolve.model import Name
from transforms.resolve.title_parts import before_dot
from transforms.resolve.word_lists import BARE_WORDS, NOT_ACTORS

COMPANIES = ("company", "media")  # kinds of organizations that are often called by their first word alone


def short_names(text: Text, names: Sequence[Name]) -> set[str]:
    """Return the first words of companies' names, unless an article may mean somebody or something else by them."""
    companies = [name for name in names if name.kind == "organization" and _is_company(text, name)]
    if not companies:
        return set()
    people = {
        word
        for name in names
        if name.kind == "person" and name.last - name.first > 1
        for word in name.text.split()
    }
    return {
        word
        for word in (text.words[name.first] for name in companies)
        if word not in people and _means_only_company(word, text.counts)
    }


def call_by_short_name(text: Text, names: Sequence[Name], short: Set[str]) -> None:
    """Change people and places to organizations if their name is one of the `short` names of companies."""
    alone = [
        name for name in names if name.text in short and name.kind in ("person", "place") and not name.known
    ]
    titled = {n.text for n in alone if n.first and before_dot(text, n.first) in lexicon.before_names()}
    for name in alone:
        if name.text not in titled:
            name.kind = "organization"


def _is_company(text: Text, name: Name) -> bool:
    kind = lexicon.organization_words().get(text.lower[name.last - 1])
    return name.last - name.first > 1 and kind in COMPANIES


def _means_only_company(word: str, counts: Counter[str]) -> bool:
    """Whether a word is a name, and neither a common word nor the name of somebody or something else."""
    lower = word.lower()
    common = counts[lower] or lower in NOT_ACTORS or lower in BARE_WORDS or lower in lexicon.title_words()
    shared = word in lexicon.known_names() or lower in lexicon.given_names() or country_of_place(word)
    return len(word) > 2 and word[0].isupper() and not common and not shared
