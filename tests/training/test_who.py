"""Convert hand-annotated statements to the form that training reads."""

from training.who import convert

TEXT = 'Ada Walden said that the dam was old. Rain fell.\n\n"It will hold."'


def statement(content, cue=None, source=None, optional=None):
    def find(words):
        return [[TEXT.index(words), TEXT.index(words) + len(words)]] if words else None

    return {
        "content": find(content),
        "cue": find(cue),
        "source": find(source),
        "speakers": ["Ada Walden"],
        "optional": optional,
    }


def words(spans):
    return [TEXT[start:end] for start, end in spans or []]


def test_contents_begin_with_their_conjunction():
    article = {
        "article": "a",
        "text": TEXT,
        "statements": [statement("the dam was old", "said", "Ada Walden")],
    }
    [converted] = convert(article)["statements"]
    assert words(converted["content"]) == ["that the dam was old"]


def test_a_statement_without_cue_and_source_gets_the_source_of_its_speaker():
    article = {
        "article": "a",
        "text": TEXT,
        "statements": [statement('"It will hold."'), statement("the dam was old", "said", "Ada Walden")],
    }
    _, quotation = convert(article)["statements"]
    assert (quotation["cue"], words(quotation["source"])) == (None, ["Ada Walden"])


def test_optional_statements_stay_marked():
    article = {"article": "a", "text": TEXT, "statements": [statement("Rain fell", optional="noun")]}
    assert convert(article)["statements"][0]["optional"] is True
