"""The training targets of a document, from annotated text."""

import json
import random

from training.documents import NOBODY, TYPES, read_names, read_who

TEXT = "Mayor Ada Walden spoke. “It is shut,” she said.\n\nOfficials said the bridge was safe."


def _statement(content: str, cue: str, source: str, speakers: list[str]) -> dict:
    def span(part: str) -> list[list[int]]:
        return [[TEXT.index(part), TEXT.index(part) + len(part)]]

    return {
        "content": span(content),
        "cue": span(cue),
        "source": span(source),
        "speakers": speakers,
        "optional": None,
    }


def _article() -> dict:
    return {
        "article": "a",
        "text": TEXT,
        "actors": [{"name": "Ada Walden", "kind": "person", "aliases": ["Walden"]}],
        "statements": [
            _statement("“It is shut,”", "said", "she", ["Ada Walden"]),
            _statement("the bridge was safe", "said the", "Officials", []),
        ],
    }


def test_a_pronoun_means_the_words_that_name_its_speaker():
    [[document]] = read_who([_article()], 1, 0, random.Random(1))
    words = document.tokens.words
    she, officials = words.index("she"), words.index("Officials")
    named = [words[i] for i in range(len(words)) if document.named[i] == document.meant[she]]
    assert named == ["Ada", "Walden"]
    assert document.meant[officials] == NOBODY


def test_variants_replace_a_repeated_speaker_by_a_pronoun():
    article = _article()
    article["statements"][1] |= {"speakers": ["Ada Walden"]}
    [dresses] = read_who([article], 1, 40, random.Random(1))
    assert any("Officials" not in d.tokens.words and "She" in d.tokens.words for d in dresses)


def test_names_begin_and_go_on_by_kind(tmp_path):
    text = "The Harbour Board told Ada Walden."
    path = tmp_path / "names.jsonl"
    path.write_text(json.dumps({"text": text, "entities": [[4, 17, "ORG"], [23, 33, "PER"]]}))
    [[document]] = read_names(path, 1)
    kinds = [TYPES[(label - 1) // 2] if label else None for label in document.names]
    assert kinds == [None, "ORG", "ORG", None, "PER", "PER", None]
    assert [int(label) % 2 for label in document.names] == [0, 1, 0, 0, 1, 0, 0]
