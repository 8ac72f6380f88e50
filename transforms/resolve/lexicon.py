"""Look up background knowledge: countries, well-known organizations, titles and given names.

Reads `seeds/*.csv` into dictionaries by word; each is built once per process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from seeds import read_seed, split_cell
from transforms.extract.tokens import tokenize
from transforms.language import ENGLISH

# Parts of an organization that have its acronym before their own name.
UNITS = frozenset("Office Bureau Division Directorate Department Branch Section Committee Unit Panel".split())
# "Republic of Kenya", "Islamic Republic of Mauritania": with a country's name, they are that country.
_FORMS_OF_STATES = frozenset(["Republic", "Kingdom", "Commonwealth", "Principality", "Sultanate", "Duchy"])
# Legal forms at the end of a company's name, which texts often leave out.
_COMPANY_ENDS = frozenset("co company corp corporation inc ltd limited plc ag group holding holdings".split())


class Known(NamedTuple):
    """The actor or place that a known name refers to.

    `form` is name, adjective, seed (for an alias) or metonym (for a capital that stands for its government).
    """

    kind: str
    name: str
    country_code: str | None
    form: str
    org_type: str | None = None


@lru_cache(10_000)
def split_words(name: str) -> tuple[str, ...]:
    return tuple(tokenize(name).words)


def is_unit(words: Sequence[str]) -> bool:
    """Whether a name is that of a part of an organization: 'FBI Office of Inspection', in which 'FBI' is the whole."""
    return len(words) > 2 and words[0].isupper() and len(words[0]) > 1 and not UNITS.isdisjoint(words[1:])


def _country_names() -> dict[str, Known]:
    """Map names of countries and capitals to the countries; a country's name takes precedence over a capital's."""
    known: dict[str, Known] = {}
    rows = [row for row in read_seed("countries").iter_rows(named=True) if row["kind"] != "part"]
    for row in rows:
        for alias in [row["name"], *split_cell(row["aliases"])]:
            known.setdefault(alias, Known("country", row["name"], row["code"], "name"))
    for row in rows:
        for seat in [row["capital"], *split_cell(row["seats"])]:
            if seat:
                known.setdefault(seat, Known("country", row["name"], row["code"], "metonym"))
    return known


def _state_names() -> dict[str, str]:
    """Map country codes to names of states, without parts of states such as Scotland."""
    rows = read_seed("countries").iter_rows(named=True)
    return {row["code"]: row["name"] for row in rows if row["kind"] != "part"}


def _country_adjectives() -> dict[str, Known]:
    known: dict[str, Known] = {}
    names = _state_names()
    for row in read_seed("countries").iter_rows(named=True):
        entry = Known("country", names[row["code"]], row["code"], "adjective")
        adjectives = split_cell(row["adjectives"])
        plurals = [word + "s" for word in adjectives if word[-1] in "aionrbeckt" and not word.endswith("ese")]
        for word in [*adjectives, *plurals, *split_cell(row["people"])]:
            known.setdefault(word, entry)
    return known


@cache
def parts_of_states() -> dict[str, str]:
    """Map names of the parts of states that have their own government, such as 'Scotland', to the state's code."""
    rows = read_seed("countries").iter_rows(named=True)
    return {row["name"]: row["code"] for row in rows if row["kind"] == "part"}


@cache
def part_words() -> frozenset[str]:
    """Return names and adjectives of the parts of states that have their own government: 'Scottish'."""
    parts = [row for row in read_seed("countries").iter_rows(named=True) if row["kind"] == "part"]
    return frozenset(word for row in parts for word in [row["name"], *split_cell(row["adjectives"])])


def _organization_names() -> dict[str, Known]:
    known: dict[str, Known] = {}
    for row in read_seed("organizations").iter_rows(named=True):
        if row["kind"] == "body":
            for alias in [row["name"], *split_cell(row["aliases"])]:
                form = "name" if alias == row["name"] else "seed"
                known[alias] = Known("organization", row["name"], row["country_code"], form, row["org_type"])
        elif row["kind"] == "metonym":
            for alias in split_cell(row["aliases"]):
                known[alias] = Known(
                    "organization", row["name"], row["country_code"], "metonym", row["org_type"]
                )
    return known


@cache
def parents() -> dict[str, str]:
    """Map well-known organizations to the organization that they belong to: 'Google' to 'Alphabet'."""
    rows = read_seed("organizations").iter_rows(named=True)
    return {row["name"]: row["parent"] for row in rows if row["kind"] == "body" and row["parent"]}


@cache
def known_names() -> dict[str, Known]:
    """Map every known name, as written, to its meaning."""
    return {**_country_adjectives(), **_country_names(), **_organization_names()}


def find_known(name: str) -> Known | None:
    """Return the meaning of a name as written, reordered ('Assembly of the United Nations'), or with a form.

    The form is that of a company ('Acme Corp.') or of a state ('Republic of Kenya').
    """
    known = known_names()
    if name not in known and (company := _less_legal_form(name)):
        return company
    if name not in known and " of " in name:
        part, _, whole = name.partition(" of ")
        whole = whole.removeprefix("the ")
        state = known.get(whole)
        if (
            state
            and (state.kind, state.form) == ("country", "name")
            and part.rpartition(" ")[2] in _FORMS_OF_STATES
        ):
            return state
        name = f"{whole} {part}"
    return known.get(name)


def _less_legal_form(name: str) -> Known | None:
    """Return the well-known company whose name is written with a legal form: 'Acme Corp.', 'Acme Holdings Ltd'."""
    words = name.split()
    while len(words) > 1 and words[-1].lower().strip(".,") in _COMPANY_ENDS:
        words.pop()
        known = known_names().get(" ".join(words).rstrip(","))
        if known and known.org_type in ("company", "media"):
            return known
    return None


@cache
def known_by_first_word(shortest: int) -> dict[str, list[tuple[tuple[str, ...], Known]]]:
    """Map the first word of known names to the names: pairs of all words and the meaning, the longest name first.

    The names have at least `shortest` words."""
    index: dict[str, list[tuple[tuple[str, ...], Known]]] = {}
    for name, known in known_names().items():
        words = split_words(name)
        if len(words) >= shortest:
            index.setdefault(words[0], []).append((words, known))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return index


@cache
def words_beside_countries() -> dict[str, frozenset[str]]:
    """Map countries with a namesake, such as Georgia, to words; an article without these words means the namesake."""
    rows = read_seed("countries").iter_rows(named=True)
    return {row["code"]: frozenset(split_cell(row["beside"])) for row in rows if row["beside"]}


@cache
def country_name(code: str) -> str:
    return _state_names().get(code, code)


@cache
def titles() -> dict[str, str]:
    """Map titles in lower case to their kind: role, honorific, military, job, person or modifier.

    A word that is both a role and a modifier ("chief", "deputy", "general") counts as a role.
    """
    kinds: dict[str, str] = {}
    for row in read_seed(ENGLISH.seeds.titles).iter_rows(named=True):
        kinds.setdefault(row["title"].lower(), row["kind"])
    return kinds


@cache
def title_words() -> frozenset[str]:
    """Return every word that may be part of a title: 'foreign', 'prime', 'secretary', 'chief'..."""
    return frozenset(word for title in titles() for word in title.split()) - {"of", "the"}


@cache
def role_nouns() -> frozenset[str]:
    """Return the single words that name a role, a rank or a job."""
    return frozenset(
        t for t, kind in titles().items() if kind in ("role", "military", "job") and " " not in t
    )


_AFTER_ROLE = ("-at-large", "-elect", "-designate", "-in-chief", "-in-residence")


def is_role(word: str) -> bool:
    """Whether a word in lower case names a role: 'minister', 'ex-president', 'editor-at-large'."""
    nouns = role_nouns()
    if "-" not in word:
        return word in nouns
    return word.rsplit("-", 1)[1] in nouns or (word.endswith(_AFTER_ROLE) and word.split("-", 1)[0] in nouns)


@cache
def role_fields() -> dict[str, str]:
    """Map role words in lower case to their field of work: 'senator' to politics."""
    rows = read_seed(ENGLISH.seeds.titles).iter_rows(named=True)
    return {row["title"].lower(): row["field"] for row in rows if row["field"]}


@cache
def honorifics() -> frozenset[str]:
    return frozenset(title for title, kind in titles().items() if kind == "honorific")


@cache
def before_names() -> frozenset[str]:
    """Return honorifics and role nouns, the words that may precede a name."""
    return honorifics() | role_nouns()


@cache
def title_genders() -> dict[str, str]:
    """Map titles in lower case to the gender that they imply: 'queen' to f, 'king' to m."""
    rows = read_seed(ENGLISH.seeds.titles).iter_rows(named=True)
    return {row["title"].lower(): row["gender"] for row in rows if row["gender"]}


@cache
def full_titles() -> dict[str, str]:
    """Map short and variant forms of titles to the full form: 'sen' to 'senator'."""
    rows = read_seed(ENGLISH.seeds.titles).iter_rows(named=True)
    return {row["title"].lower(): row["full"] for row in rows if row["full"]}


@cache
def given_names() -> dict[str, str]:
    """Map given names in lower case to their gender: m, f or u (used for both)."""
    return {
        row["name"].lower(): row["gender"]
        for row in read_seed(ENGLISH.seeds.given_names).iter_rows(named=True)
    }


@cache
def nicknames() -> dict[str, str]:
    """Map short forms of given names in lower case to the usual full name: 'bob' to 'robert'."""
    return {
        row["nickname"].lower(): row["name"].lower()
        for row in read_seed(ENGLISH.seeds.nicknames).iter_rows(named=True)
    }


@cache
def organization_words() -> dict[str, str]:
    """Map lower-case words in names of organizations, such as 'ministry', to the type that they suggest."""
    words: dict[str, str] = {}
    for row in read_seed("organizations").iter_rows(named=True):
        if row["kind"] == "word":
            for word in split_cell(row["aliases"]):
                words.setdefault(word.lower().rstrip("."), row["org_type"])
    return words


@cache
def party_adjectives() -> dict[tuple[str, ...], Known]:
    """Map the words that mean a party if a role follows, such as 'Tory' in 'the Tory leader', to the party."""
    return {
        split_words(alias): Known(
            "organization", row["name"], row["country_code"], "adjective", row["org_type"]
        )
        for row in read_seed("organizations").iter_rows(named=True)
        if row["kind"] == "adjective"
        for alias in split_cell(row["aliases"])
    }


def party_called(words: Sequence[str]) -> Known | None:
    """Return the party that the words before a role mean: the Conservative Party for 'Tory' in 'Tory leader'."""
    known = known_names().get(" ".join(words))
    if known and known.kind == "organization" and known.org_type == "party":
        return known
    return party_adjectives().get(tuple(words))


@cache
def organization_nouns() -> dict[str, str]:
    """Map head nouns that may refer back to an organization ('the company') to the type of that organization."""
    nouns: dict[str, str] = {}
    for row in read_seed("organizations").iter_rows(named=True):
        if row["kind"] == "noun":
            nouns.update(dict.fromkeys(split_cell(row["aliases"]), row["org_type"]))
    return nouns
