"""Mark the words near a person's name that state the person's role, and the words for where the role is held.

A small convolutional network (`models/role_tags.npz`, trained by `training/role_tags.py`) reads the words before and
after each mention of a person. It gives each word two probabilities: that it belongs to a role of this person, and that
it belongs to the name of the organization, country or place of such a role.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from transforms.extract.meanings import meaning_of
from transforms.language import ENGLISH
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Mention
from transforms.resolve.offices import is_state_office, may_have_office
from transforms.resolve.owners import Held, held_at
from transforms.resolve.role_phrases import names_roles
from transforms.resolve.role_words import sounds_like_role

WIDE = 14  # words read on each side of a name
SPAN = 2 * WIDE + 1
DILATIONS = (1, 2, 4, 8)
LABELS = {"person": 1, "organization": 2, "country": 3, "group": 5}
PLACE = 4
# Numbers of the flags of a word: four shapes, six kinds of names, whether it is a listed role, whether its meaning
# suggests a role, and whether it stands for the mention itself.
SHAPES, LISTED, SENSED, TARGET = 4, 10, 11, 12


LEAST_PLACE = 0.5  # mean probability from which a name says where a role is held


class Tags(NamedTuple):
    """The probabilities of the words near one mention: `words` has their indices, -1 where the paragraph ends."""

    words: list[int]
    role: list[float]
    place: list[float]

    def of_role(self, text: Text, written: str) -> float:
        """Return the probability that a written role is one: the mean over its words, each where it is most likely.

        It is 1 if a word is not in the window, such as 'head' in 'Ann Roe, who heads Acme'."""
        chances = dict.fromkeys(written.lower().rstrip(".").split(), -1.0)
        for i, chance in zip(self.words, self.role, strict=True):
            if i >= 0 and text.lower[i] in chances:
                chances[text.lower[i]] = max(chances[text.lower[i]], chance)
        return 1.0 if min(chances.values()) < 0 else sum(chances.values()) / len(chances)

    def of_word(self, i: int) -> float:
        """Return the probability that word `i` of the text belongs to the role; 0 outside of the window."""
        return self.role[self.words.index(i)] if i in self.words else 0.0


def tag_role(text: Text, clusters: Clusters, mention: Mention) -> Tags:
    """Return the tags around a mention."""
    words = window_around(text, mention)
    inside = [place for place, word in enumerate(words) if word >= 0]
    first, last = inside[0], inside[-1] + 1
    chances = np.zeros((2, SPAN), np.float32)
    chances[:, first:last] = _run(_rows(text, clusters, words[first:last], WIDE - first), first).T
    role, place = chances.tolist()
    return Tags(words, role, place)


def window_around(text: Text, mention: Mention) -> list[int]:
    """Return the indices of the SPAN words around a mention; -1 outside of the paragraph of the mention."""
    first, last = mention.first, mention.last
    words = [*range(first - WIDE, first), first, *range(last, last + WIDE)]
    size, paragraphs, own = text.size, text.paragraphs, text.paragraphs[first]
    return [i if 0 <= i < size and paragraphs[i] == own else -1 for i in words]


def describe(text: Text, clusters: Clusters, i: int) -> tuple[str, tuple[int, ...]]:
    """Return the features of word i: the word in lower case (empty in the name of a person), and the flags it has."""
    word, plain, mention = text.words[i], text.lower[i], clusters.at.get(i)
    kind = LABELS.get(mention.actor.kind, 0) if mention else PLACE if i in clusters.places else 0
    shape = (
        2 if word.isupper() and len(word) > 1 else 1 if word[0].isupper() else 0 if word[0].isalpha() else 3
    )
    listed, sensed = _may_name_role(plain)
    flags = (shape, SHAPES + kind, *((LISTED,) if listed else ()), *((SENSED,) if sensed else ()))
    return "" if kind == LABELS["person"] else plain, flags


@lru_cache(50_000)
def _may_name_role(word: str) -> tuple[bool, bool]:
    return is_role(word) or names_roles(word), sounds_like_role(word)


def _rows(text: Text, clusters: Clusters, words: Sequence[int], target: int) -> np.ndarray:
    """Return the input rows of words, [words, width]; the one at place `target` is the mention."""
    rows = [_row(*describe(text, clusters, i)) for i in words]
    rows[target] = _row("", (TARGET,))
    return np.array(rows)


@lru_cache(50_000)
def _row(word: str, flags: tuple[int, ...]) -> np.ndarray:
    network = load_network()
    row: np.ndarray = network.bias + network.flag[list(flags)].sum(0)
    return row + meaning_of(word) @ network.word if word else row


class Network(NamedTuple):
    """The weights of the network. Each matrix has a row for each input."""

    word: np.ndarray
    flag: np.ndarray
    bias: np.ndarray
    at: np.ndarray
    convs: list[tuple[np.ndarray, np.ndarray]]
    out: np.ndarray
    out_bias: np.ndarray


@cache
def load_network() -> Network:
    with (
        files("models").joinpath(ENGLISH.models.role_tags).open("rb") as file,
        np.load(file, allow_pickle=False) as stored,
    ):
        return read_network({name: stored[name].astype(np.float32) for name in stored.files})


def read_network(stored: dict[str, np.ndarray]) -> Network:
    """Build a network from the weights that `training/role_tags.py` writes."""
    convs = [
        (
            # [out, in, 3] -> [3 * in, out]
            np.ascontiguousarray(stored[f"convs_{n}_weight"].transpose(2, 1, 0)).reshape(
                -1, len(stored[f"convs_{n}_weight"])
            ),
            stored[f"convs_{n}_bias"],
        )
        for n in range(len(DILATIONS))
    ]
    return Network(
        np.ascontiguousarray(stored["word_weight"].T), np.ascontiguousarray(stored["flag_weight"].T),
        stored["flag_bias"], stored["at"], convs, np.ascontiguousarray(stored["out_weight"].T), stored["out_bias"],
    )  # fmt: skip


def _run(rows: np.ndarray, first: int) -> np.ndarray:
    """Return the probabilities of role and place, [words, 2]; `first` is the place of the first word in the window.

    The rows are those of the words in the paragraph of the mention. The network takes all other words for zeros."""
    network, margin, (size, width) = load_network(), DILATIONS[-1], rows.shape
    padded = np.zeros((size + 2 * margin, width), np.float32)
    x = padded[margin : margin + size]
    np.maximum(rows + network.at[first : first + size], 0, out=x)
    for (weights, bias), step in zip(network.convs, DILATIONS, strict=True):
        before, after = padded[margin - step :][:size], padded[margin + step :][:size]
        near = np.concatenate([before, x, after], axis=1) @ weights
        near += bias
        x += np.maximum(near, 0, out=near)
    scores = x @ network.out + network.out_bias
    chances: np.ndarray = 1 / (1 + np.exp(-scores))
    return chances


def nearest_owner(text: Text, clusters: Clusters, tags: Tags, role: str) -> Held | None:
    """Return the organization, country or place where a role is probably held: the one nearest to its last word.

    A name on the other side of 'and' is none: in 'mayor and head of Acme', the mayor is not of Acme."""
    chances = {i: p for i, p in zip(tags.words, tags.place, strict=True) if i >= 0}
    noun = role.lower().rstrip(".").split()[-1]
    nouns = [i for i in chances if text.lower[i] == noun]
    words = role.lower().replace(".", "").split()
    is_office, found = is_state_office(words), []
    for i in chances:
        held = held_at(clusters, i)
        is_own = held and text.slice(i, held.end) in role
        if held and is_office and held.actor and held.actor.kind == "organization":
            is_own = is_own or not may_have_office(held.actor, words)
        if held and nouns and not is_own and not (held.actor and held.actor.kind == "person"):
            inside = [chances[k] for k in range(i, held.end) if k in chances]
            word = min(nouns, key=lambda k: abs(i - k))
            between = text.lower[word + 1 : i] if word < i else text.lower[held.end : word]
            if sum(inside) >= LEAST_PLACE * len(inside) and "and" not in between:
                found.append((abs(i - word), i, held))
    return min(found, key=lambda one: one[:2])[2] if found else None
