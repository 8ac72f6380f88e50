"""Decide whether doubtful names mean actors, and of which kind.

Takes the names of an article and the tagger's scores of them. Three logistic models (`models/doubtful_names.npz`,
trained by `training/judged_names.py`) estimate from the scores, the words of a name and the words around it if the name
means a person, an organization or no actor (a product, a work, a place, a capital in a headline).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain
from math import exp, log1p
from typing import NamedTuple

import numpy as np

from transforms.extract.meanings import meaning_of, meaning_of_phrase
from transforms.language import ENGLISH
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.matrices import to_matrix
from transforms.resolve.model import Name
from transforms.resolve.stated_types import stated_type
from transforms.resolve.word_lists import ARTICLES, NOT_ACTORS, SPEAKS, THINGS

# Start of a name -> log-probabilities that it is a person, an organization, no name.
NameScores = Mapping[int, tuple[float, float, float]]

KINDS = ("person", "organization")
MOST_TITLES = 4  # words of titles before a name in one span of the tagger: 'Sir Ann Roe'
MOST_PLACES = 6  # occurrences of a name whose surroundings are read
LEAST_LOG = -8.0
SURE = np.log(0.95)  # a full name that the tagger takes for a person with this probability is not doubtful
# A name is dropped if it means no actor with a probability of at least `DROPS`. It changes its kind if the other kind
# has a probability of at least `CHANGES`. On the training articles, which the model has seen, the F1 of actors is
# better at 0.42 than at 0.5; other annotated articles (who/dev) agree.
DROPS, CHANGES = 0.45, 0.5
QUOTE_MARKS = frozenset("\"“‘'")
WHERE = frozenset("in at near from to on".split())


class Doubtful(NamedTuple):
    """All occurrences of one name that were found with the same kind, and the features of the name."""

    names: list[Name]
    counts: list[float]
    meaning: np.ndarray


class Weights(NamedTuple):
    """Weights of the models, with one column for each of person, organization and no actor."""

    counts: np.ndarray
    meaning: np.ndarray

    def chances(self, doubtful: Sequence[Doubtful]) -> np.ndarray:
        scores = to_matrix([one.counts for one in doubtful]) @ self.counts
        scores += np.array([one.meaning for one in doubtful]) @ self.meaning
        chances: np.ndarray = 1 / (1 + np.exp(-scores))
        return chances


@cache
def load_weights() -> Weights:
    path = files("models").joinpath(ENGLISH.models.doubtful_names)
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        return Weights(stored["counts"].astype(np.float32), stored["meaning"].astype(np.float32))


def settle_doubtful(text: Text, names: list[Name], scores: NameScores) -> list[Name]:
    """Return the names without those that mean no actor. Where the models say so, change the kind of the others.

    A name becomes an organization instead of a person, or a person instead of an organization.
    """
    doubtful = list(find_doubtful(text, names, scores))
    if not doubtful:
        return [name for name in names if not name.is_rejected]
    # Rejected names of a known body, of a country or of a group are not doubtful.
    judged = {id(name) for one in doubtful for name in one.names}
    dropped = {id(name) for name in names if name.is_rejected and id(name) not in judged}
    for one, chances in zip(doubtful, load_weights().chances(doubtful).tolist(), strict=True):
        kind = one.names[0].kind
        other = KINDS[kind == KINDS[0]]
        if chances[2] >= DROPS and not any(_acts(text, name) or _is_called(text, name) for name in one.names):
            dropped.update(map(id, one.names))
        elif chances[KINDS.index(other)] >= CHANGES:
            for name in one.names:
                name.kind = other
    gone = {one.names[0].text for one in doubtful if id(one.names[0]) in dropped}
    for name in names:
        if name.form == "nickname" and name.stands_for in gone:
            name.stands_for, name.form = None, "name"
    kept = [name for name in names if id(name) not in dropped and name.stands_for not in gone]
    for name in kept:
        if name.kind == "organization" and not name.known and not name.stands_for:
            _recognise(name)
    return kept


def _recognise(name: Name) -> None:
    """Set `known` of a name that is an adjective of a party, such as 'Labour' in 'Labour MP Ann Roe'.

    Also set it for the name of a well-known organization that a rule rejected.
    """
    known = lexicon.party_adjectives().get(lexicon.split_words(name.text))
    if not known and name.is_rejected:
        known = lexicon.known_names().get(name.text)
    if known and known.kind == "organization" and known.form != "metonym":
        name.known, name.form = known, known.form


def _acts(text: Text, name: Name) -> bool:
    """Whether a name speaks or has officials: 'Norland said', "Norland's foreign minister"."""
    if name.is_rejected or name.last >= text.size:
        return False
    after = text.lower[name.last]
    has_officials = after in ("'s", "’s") and any(
        lexicon.is_role(word) for word in text.lower[name.last + 1 : name.last + 3]
    )
    is_told = name.kind == "organization" and name.first > 0 and text.lower[name.first - 1] == "told"
    return after in SPEAKS or has_officials or is_told


def _is_called(text: Text, name: Name) -> bool:
    """Whether a noun next to the name calls it an organization: 'the charity Roe'."""
    return name.kind == "organization" and stated_type(text, name.first, name.last) is not None


def find_doubtful(text: Text, names: Sequence[Name], scores: NameScores) -> Iterator[Doubtful]:
    """Yield the names of people and organizations that the models must judge, because nothing else makes them certain.

    A name is certain if the seeds list it, if the layout shows what it is, or if the tagger gave it a high score.
    """
    groups: dict[tuple[str, str, bool], list[Name]] = defaultdict(list)
    for name in names:
        if name.kind in KINDS and not name.known and not name.stands_for:
            groups[name.kind, name.text, name.is_rejected].append(name)
    cast = _Cast([name for name in names if not name.is_rejected])
    for (kind, written, is_rejected), own in groups.items():
        if any(name.is_certain for name in own):
            continue
        places = own[:MOST_PLACES]
        seen_scores = [s for name in places if (s := _score_of(text, name, scores)) is not None]
        is_likely = " " in written and bool(seen_scores) and seen_scores[0][0] > SURE
        if kind == "person" and not is_rejected and (is_likely or written in cast.family_names):
            continue
        words = [word.lower() for word in lexicon.split_words(written)] or [written.lower()]
        if kind == "organization" and len(words) == 1 and words[0].endswith("news"):
            continue  # an outlet, such as Widgetnews
        counts = [
            1.0,
            float(is_rejected),
            float(is_rejected and kind == "person"),
            *_count_scores(kind, seen_scores, len(places)),
            *_count_words(text, kind, written, words, cast),
            *_count_places(text, kind, places, cast),
            log1p(len(own)),
            float(len(own) == 1),
        ]
        yield Doubtful(own, counts, np.concatenate([meaning_of_phrase(words), meaning_of(words[-1])]))


class _Cast:
    """The words of the names in an article."""

    def __init__(self, names: Iterable[Name]) -> None:
        full = [name.text.split() for name in names if name.kind == "person" and " " in name.text]
        self.family_names = {words[-1] for words in full}
        self.given_names = {words[0] for words in full}
        bodies = (name.text.split() for name in names if name.kind == "organization" and " " in name.text)
        self.body_words = set(chain.from_iterable(bodies))
        self.named = {i for name in names for i in range(name.first, name.last)}


def _score_of(text: Text, name: Name, scores: NameScores) -> tuple[float, float, float] | None:
    """Return the scores of the span that begins with a name or with the titles before it."""
    found = next((scores[s] for s in text.starts[name.first : name.last] if s in scores), None)
    i = name.first - 1
    while found is None and name.kind == "person" and i >= max(0, name.first - MOST_TITLES):
        if text.lower[i] != "." and text.lower[i] not in lexicon.title_words():
            break
        found, i = scores.get(text.starts[i]), i - 1
    return found


def _count_scores(kind: str, seen_scores: Sequence[tuple[float, float, float]], places: int) -> list[float]:
    is_person = kind == "person"
    if not seen_scores:
        return [float(is_person), *[0.0] * 10, 1.0]
    logs = [max(sum(scores) / len(seen_scores), LEAST_LOG) for scores in zip(*seen_scores, strict=True)]
    person, body, nothing = map(exp, logs)
    own = person if is_person else body
    rest = max(0.0, 1 - person - body - nothing)
    shares = [person, body, nothing, rest, own * is_person, float(own < 0.6), float(own < 0.3)]
    return [float(is_person), *(log / 4 for log in logs), *shares, 1 - len(seen_scores) / places]


def _count_words(text: Text, kind: str, written: str, words: Sequence[str], cast: _Cast) -> list[float]:
    is_person, single, last = kind == "person", len(words) == 1, words[-1]
    bodies, titles = lexicon.organization_words(), lexicon.title_words()
    given = lexicon.given_names().get(words[0]) in ("m", "f")
    inner = any(part[1:] != part[1:].lower() and not part.isupper() for part in written.split())
    return [
        float(value)
        for value in (
            single,
            len(words) == 2,
            len(words) > 3,
            single and is_person,
            single and written.isupper(),
            written.isupper(),
            inner,
            not written.isalpha() and any(c.isdigit() for c in written),
            "-" in written,
            "." in written,
            written[0].islower(),
            given,
            given and not single,
            given and not is_person,
            last in bodies,
            any(word in bodies for word in words),
            last in titles,
            last in NOT_ACTORS,
            last in THINGS,
            written in cast.given_names,
            single and written in cast.body_words,
            all(word in text.everyday for word in words),
            last in text.everyday,
            words[0] in text.everyday,
        )
    ]


def _count_places(text: Text, kind: str, places: Sequence[Name], cast: _Cast) -> list[float]:
    """Return, for each kind of surroundings, the share of a name's occurrences that have such surroundings."""
    found = [_surroundings(text, name, cast) for name in places]
    totals = list(map(sum, zip(*found, strict=True)))
    shares = [total / len(places) for total in totals]
    return [
        *shares,
        *(share * (kind == "person") for share in shares[:8]),
        *(float(total > 0) for total in totals[:4]),
    ]


def _surroundings(text: Text, name: Name, cast: _Cast) -> list[bool]:
    i, last, size = name.first - 1, name.last, text.size
    before, capital = (text.lower[i], text.words[i]) if i >= 0 else ("", "")
    after, following = (text.lower[last], text.words[last]) if last < size else ("", "")
    start = text.starts[name.first]
    opens = text.opens_sentence(name.first)
    return [
        after in SPEAKS,
        before == "the",
        before in ARTICLES and before != "the",
        after == "who" or (after == "," and text.lower[last + 1 : last + 2] == ["who"]),
        before in WHERE,
        after in ("'s", "’s"),
        last in cast.named,
        before.rstrip(".") in lexicon.title_words(),
        before in ("of", "for"),
        before in ("by", "with", "and"),
        following.islower() and following.isalpha(),
        following[:1].isupper() and last not in cast.named,
        capital[:1].isupper() and i not in cast.named and not opens,
        i in cast.named,
        text.quoted[name.first],
        capital in QUOTE_MARKS,
        capital == "(",
        after == ",",
        before in lexicon.honorifics(),
        lexicon.is_role(after),
        before in THINGS,
        before in ("'s", "’s"),
        after[:1].isdigit(),
        (start > 0 and text.body[start - 1] in "@#") or text.body[start] in "@#",
        text.is_headline(name.first),
        opens,
    ]
