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
from transforms.resolve.role_phrases import Held, held_at, names_roles
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

    words: np.ndarray
    role: np.ndarray
    place: np.ndarray

    def of_role(self, text: Text, written: str) -> float:
        """Return the probability that a written role is one: the mean over its words, each where it is most likely.

        It is 1 if a word is not in the window, such as 'head' in 'Ann Roe, who heads Acme'."""
        chances = dict.fromkeys(written.lower().rstrip(".").split(), -1.0)
        for i, chance in zip(self.words.tolist(), self.role.tolist(), strict=True):
            if i >= 0 and text.lower[i] in chances:
                chances[text.lower[i]] = max(chances[text.lower[i]], chance)
        return 1.0 if min(chances.values()) < 0 else sum(chances.values()) / len(chances)


def tag_role(text: Text, clusters: Clusters, mention: Mention) -> Tags:
    """Return the tags around a mention."""
    windows = windows_around(text, [mention])
    [chances] = _run(_rows(text, clusters, windows), windows >= 0)
    return Tags(windows[0], chances[:, 0], chances[:, 1])


def windows_around(text: Text, mentions: Sequence[Mention]) -> np.ndarray:
    """Return the indices of the words around mentions, [mentions, SPAN]; -1 outside of the paragraph of the mention."""
    first = np.array([[m.first] for m in mentions])
    last = np.array([[m.last] for m in mentions])
    offsets = np.arange(-WIDE, WIDE + 1)
    words = np.where(offsets < 0, first + offsets, np.where(offsets > 0, last + offsets - 1, first))
    is_inside = (words >= 0) & (words < len(text))
    rows = np.where(is_inside, words, first).tolist()
    paragraphs = np.array([[text.paragraphs[i] for i in row] for row in rows])
    is_inside &= paragraphs == paragraphs[:, WIDE : WIDE + 1]
    return np.where(is_inside, words, -1)


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


def _rows(text: Text, clusters: Clusters, windows: np.ndarray) -> np.ndarray:
    """Return the input rows of the words in windows, [mentions, SPAN, width]; the middle of each is the mention."""
    nothing = np.zeros_like(load_network().bias)
    rows = [_row(*describe(text, clusters, i)) if i >= 0 else nothing for i in windows.ravel().tolist()]
    found = np.array(rows).reshape(*windows.shape, -1)
    found[:, WIDE] = _row("", (TARGET,))
    return found


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


def _run(rows: np.ndarray, is_inside: np.ndarray) -> np.ndarray:
    """Return the probabilities of role and place, [mentions, SPAN, 2]; 0 outside of the paragraph."""
    network = load_network()
    mask = is_inside[..., None].astype(np.float32)
    x = np.maximum(rows + network.at, 0) * mask
    for (weights, bias), step in zip(network.convs, DILATIONS, strict=True):
        padded = np.zeros((len(x), SPAN + 2 * step, x.shape[2]), np.float32)
        padded[:, step : step + SPAN] = x
        near = np.concatenate([padded[:, :SPAN], x, padded[:, 2 * step : 2 * step + SPAN]], axis=2)
        x = (x + np.maximum(near @ weights + bias, 0)) * mask
    scores = x @ network.out + network.out_bias
    chances: np.ndarray = mask / (1 + np.exp(-scores))
    return chances


def nearest_owner(text: Text, clusters: Clusters, tags: Tags, role: str) -> Held | None:
    """Return the organization, country or place where a role is probably held: the one nearest to its last word.

    A name on the other side of 'and' is none: in 'mayor and head of Acme', the mayor is not of Acme."""
    chances = {i: p for i, p in zip(tags.words.tolist(), tags.place.tolist(), strict=True) if i >= 0}
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
