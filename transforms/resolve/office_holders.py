"""Look up the country of a well-known holder of an office of a state: 'President Macron' is the president of France.

It reads `seeds/office_holders.csv`: heads of state and government since about 1980, some ministers, and the offices
that only one country has. If people of several countries share office and name, the name has no country.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from seeds import read_seed
from transforms.resolve import lexicon
from transforms.resolve.clusters import person_words
from transforms.resolve.kin import full_given_name
from transforms.resolve.offices import is_state_office

LONGEST = 4  # words of the longest listed office
FAMILY_FIRST = frozenset("CN KR SG TW".split())  # countries where the family name comes first


def country_of_holder(role: str | None, words: tuple[str, ...]) -> str | None:
    """Return the country of a role such as 'former President', held by a person whose name has the given words."""
    full = lexicon.full_titles()
    plain = (role or "").lower().replace(".", "").replace("-", " ").split()
    if not words or not plain or not is_state_office(plain):
        return None
    spelled = [part for word in plain for part in full.get(word, word).split()]
    for size in range(min(LONGEST, len(spelled)), 0, -1):
        holders = _holders().get(" ".join(spelled[-size:]))
        if holders:
            return holders.get(frozenset()) or holders.get(_name_key(words))
    return None


def _name_key(words: tuple[str, ...]) -> frozenset[str]:
    """Return the part of a name that the list has: the first and last word, with a full given name."""
    return frozenset((full_given_name(words[0]), words[-1])) if len(words) > 1 else frozenset(words)


@cache
def _holders() -> dict[str, dict[frozenset[str], str]]:
    """Map each listed office to the countries of its holders, by full name and by family name.

    An office that only one country has maps the empty name to that country.
    """
    found: dict[str, dict[frozenset[str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in read_seed("office_holders").iter_rows(named=True):
        words = person_words(row["name"] or "")
        country = row["country_code"]
        found[row["office"]][_name_key(words) if words else frozenset()].add(country)
        if len(words) > 1:
            family = words[0] if country in FAMILY_FIRST else words[-1]
            found[row["office"]][frozenset((family,))].add(country)
    return {
        office: {name: min(codes) for name, codes in names.items() if len(codes) == 1}
        for office, names in found.items()
    }
