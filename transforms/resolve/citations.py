"""Find the authors of cited works: 'Roe and Berg (2011)', '(Roe et al., 2011)'.

Takes a `Text`; returns the `Name`s of the authors, which the name finder often takes for organizations.
"""

from __future__ import annotations

from itertools import chain

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.gazetteer import country_of_place
from transforms.resolve.model import Name
from transforms.resolve.name_gaps import make_name
from transforms.resolve.word_lists import NOT_ACTORS

FEWEST = 2  # works with several authors in a text that cites works with one author, too


def find_cited(text: Text) -> list[Name]:
    """Return the authors of cited works; none if the text may only give the years of films and books."""
    several: list[list[int]] = []  # the authors of each work that has several
    single: list[int] = []
    for i in text.find({word for word in text.places if word[0].isdigit() and _is_year(word)}):
        if i < 2 or text.words[i - 1] not in ("(", ","):
            continue
        last = i - 1
        if last > 3 and text.lower[last - 3 : last] == ["et", "al", "."]:
            authors = [last - 4]
        elif last > 2 and text.lower[last - 2] in ("and", "&"):
            authors = [last - 3, last - 1]
        else:
            single += [last - 1] if _may_be_author(text, last - 1) and not _is_place(text, last - 1) else []
            continue
        if all(_may_be_author(text, k) for k in authors):
            several.append(authors)
    if len(several) < FEWEST:
        return []
    authors = [*chain.from_iterable(several), *single]
    return [_author(text, i) for i in sorted(set(authors))]


def _is_year(word: str) -> bool:
    """Whether a lower-case word is the year of a work: '2011', '2011a'."""
    year = word.rstrip("abcdef")
    return len(year) == 4 and year.isdecimal() and 1500 < int(year) < 2100


def _author(text: Text, i: int) -> Name:
    name = make_name(text, i, i + 1, "person")
    name.is_certain = True
    return name


def _may_be_author(text: Text, i: int) -> bool:
    word, lower = text.words[i], text.lower[i]
    common = lower in NOT_ACTORS or lower in lexicon.title_words() or lower in lexicon.organization_words()
    is_name = word[0].isupper() and not word.isupper() and len(word) > 2
    return is_name and not common and word not in lexicon.known_names()


def _is_place(text: Text, i: int) -> bool:
    return text.words[i - 1][0].isupper() or country_of_place(text.words[i]) is not None
