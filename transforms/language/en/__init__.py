"""Define English: closed lists of words, inflection, the grammar of cues, and the English seeds and models."""

from __future__ import annotations

from transforms.language.en.cue_grammar import CUE_GRAMMAR
from transforms.language.en.inflection import dictionary_form, noun_forms, verb_forms
from transforms.language.en.words import WORD_LISTS
from transforms.language.language import Inflection, Language, ModelFiles, Seeds

ENGLISH = Language(
    code="en",
    name="English",
    inflection=Inflection(noun_forms, verb_forms, dictionary_form),
    cues=CUE_GRAMMAR,
    words=WORD_LISTS,
    seeds=Seeds(
        cues="cues",
        irregular_verbs="irregular_verbs",
        titles="titles",
        given_names="given_names",
        nicknames="nicknames",
    ),
    models=ModelFiles(
        tagger_network="tagger.onnx",
        tagger_weights="tagger.npz",
        sources="sources.npz",
        references="references.npz",
        bodies="bodies.npz",
        roles="roles.npz",
        descriptions="descriptions.npz",
        role_tags="role_tags.npz",
        role_places="role_places.npz",
        stance="stance.npz",
        doubtful_names="doubtful_names.npz",
    ),
)
