"""Generate the people, organizations, countries and rare names of a demo warehouse from a random seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl

PEOPLE, ORGANIZATIONS, RARE_NAMES = 20_000, 600, 40_000


@dataclass(frozen=True)
class World:
    """`actors` has one row per actor, numbered by `actor_no`: first people, then organizations, then countries."""

    actors: pl.DataFrame
    rare_names: pl.Series


@cache
def _read_all_words() -> pl.DataFrame:
    """The rows of `words.csv`, all columns strings."""
    return pl.read_csv(files("demo").joinpath("words.csv").read_bytes(), infer_schema=False)


def read_words(kind: str) -> pl.Series:
    """The texts of one kind (such as `verb` or `town`) in `words.csv`."""
    return _read_all_words().filter(pl.col("kind") == kind)["text"]


def make_ids(chance: np.random.Generator, count: int) -> pl.Series:
    """`count` random ids of 32 hex digits."""
    digits = chance.bytes(16 * count).hex()
    return pl.Series([digits[start : start + 32] for start in range(0, 32 * count, 32)], dtype=pl.String)


def choose(chance: np.random.Generator, among: pl.Series, count: int) -> pl.Series:
    """Choose `count` values of the series `among` at random, all equally likely."""
    return among[chance.integers(0, len(among), count)]


def choose_few(chance: np.random.Generator, among: int, count: int) -> np.ndarray:
    """Choose `count` random numbers below `among`; small numbers are frequent and large numbers are rare."""
    return (among * chance.random(count) ** 3).astype(np.int64)


def build_world(seed: int) -> World:
    """The world generated from a random seed."""
    chance = np.random.default_rng([seed, 0])
    parts = [_people(chance), _organizations(chance), _countries()]
    actors = pl.concat(parts, how="diagonal").with_row_index("actor_no")
    actors = actors.with_columns(profile_id=make_ids(chance, actors.height))
    return World(actors, _names(chance, RARE_NAMES))


def _names(chance: np.random.Generator, count: int) -> pl.Series:
    start, middle, end = (
        choose(chance, read_words(f"name_{part}"), count) for part in ("start", "middle", "end")
    )
    return start + middle + end


def _country_codes() -> pl.Series:
    """Country codes that ISO 3166 leaves free for private use: XA, XB..."""
    return pl.Series([f"X{chr(65 + number)}" for number in range(len(read_words("country")))])


def _people(chance: np.random.Generator) -> pl.DataFrame:
    is_woman = pl.Series(chance.random(PEOPLE) < 0.4)
    given_f, given_m = (choose(chance, read_words(f"given_{gender}"), PEOPLE) for gender in "fm")
    surname = _names(chance, PEOPLE)
    given = given_m.zip_with(~is_woman, given_f)
    role = choose(chance, read_words("role"), PEOPLE)
    return pl.DataFrame(
        {
            "actor_id": make_ids(chance, PEOPLE),
            "kind": ["person"] * PEOPLE,
            "name": given + " " + surname,
            "short": surname,
            "pronoun": pl.Series(["he"] * PEOPLE).zip_with(~is_woman, pl.Series(["she"] * PEOPLE)),
            "role": role,
            "nominal": "the " + role.str.to_lowercase(),
            "body_no": PEOPLE + chance.integers(0, ORGANIZATIONS, PEOPLE),
        }
    )


def _organizations(chance: np.random.Generator) -> pl.DataFrame:
    noun, org_type = choose(chance, read_words("body"), ORGANIZATIONS).str.split_exact("|", 1).struct.unnest()
    place = _names(chance, ORGANIZATIONS)
    return pl.DataFrame(
        {
            "actor_id": make_ids(chance, ORGANIZATIONS),
            "kind": ["organization"] * ORGANIZATIONS,
            "name": place + " " + noun,
            "short": place + " " + noun,
            "pronoun": ["it"] * ORGANIZATIONS,
            "nominal": "the " + noun.str.to_lowercase(),
            "org_type": org_type,
            "country_code": choose(chance, _country_codes(), ORGANIZATIONS),
        }
    )


def _countries() -> pl.DataFrame:
    names, codes = read_words("country"), _country_codes()
    return pl.DataFrame(
        {
            "actor_id": "country:" + codes,
            "kind": ["country"] * len(names),
            "name": names,
            "short": names,
            "pronoun": ["it"] * len(names),
            "nominal": ["the government"] * len(names),
            "country_code": codes,
        }
    )
