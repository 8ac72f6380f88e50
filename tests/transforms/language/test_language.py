"""Every registered language must have its models and seeds, words as the code compares them, and all modalities."""

import re
from dataclasses import astuple, replace
from pathlib import Path

import pytest

import models
from schema.tables import MODALITIES
from seeds import read_seed
from transforms.language import ENGLISH, LANGUAGES
from transforms.statements.cues import describe_cue

FOLDER = Path(models.__file__).parent
EVERY = pytest.mark.parametrize("language", LANGUAGES.values(), ids=list(LANGUAGES))


@EVERY
def test_models_and_seeds_of_a_language_are_shipped(language):
    assert [name for name in astuple(language.models) if not (FOLDER / name).is_file()] == []
    assert all(read_seed(name).height for name in astuple(language.seeds))


@EVERY
def test_the_grammar_of_cues_is_in_lower_case_and_knows_all_modalities(language):
    grammar = language.cues
    words = grammar.function_words | grammar.negations
    assert words == {word.lower() for word in words}
    assert grammar.determiners | grammar.prepositions | grammar.auxiliaries <= grammar.function_words
    assert {"asserted", *grammar.modal_inside} == {"asserted", *grammar.modal_before} == set(MODALITIES)


def test_a_cue_is_read_by_the_grammar_of_its_language():
    swedish = replace(
        ENGLISH, code="sv", cues=replace(ENGLISH.cues, negated_inside=re.compile(r"\b(?:inte|aldrig)\b"))
    )
    assert [describe_cue("sade aldrig", "", language)[2] for language in (ENGLISH, swedish)] == [False, True]
