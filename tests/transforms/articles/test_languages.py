"""The language of an article comes from its text; in doubt, from the file; else it is the first configured language."""

import polars as pl
import pytest

from transforms.articles.languages import add_languages, detect_language, split_by_language
from transforms.record import HEADER_SPANS

TEXTS = {
    "en": "The minister told reporters on Monday that the lock would stay closed until the ice has gone.",
    "de": "Die Ministerin sagte am Montag vor Journalisten, die Schleuse bleibe geschlossen, bis das Eis weg ist.",
    "fr": "La ministre a déclaré lundi aux journalistes que l'écluse resterait fermée jusqu'à la fonte des glaces.",
    "es": "La ministra dijo el lunes a los periodistas que la esclusa seguirá cerrada hasta que desaparezca el hielo.",
    "nl": "De minister zei maandag tegen verslaggevers dat de sluis dicht blijft tot het ijs verdwenen is.",
    "ru": "Министр сообщила журналистам в понедельник, что шлюз останется закрытым, пока не сойдёт лёд.",
    "zh": "部长星期一对记者表示，在河冰融化之前，船闸将继续关闭，预计要到下个月中旬才能恢复通航，届时会另行通知。",
}
TABLE = (
    "Shr 96 cts vs 53 cts\nNet 8,663,000 vs 4,798,000\nRevs 89.7 mln vs 66.8 mln\nNine mths\nShr 2.33 dlrs"
)


def make_articles(rows):
    """Make articles of body, language and language_from, with the spans of a headline and a language above the body."""
    spans = [{"field": "headline", "start": 0, "end": 4}, {"field": "language", "start": 14, "end": 16}]
    schema = {
        "body": pl.String,
        "language": pl.String,
        "language_from": pl.String,
        "header_spans": HEADER_SPANS,
    }
    return pl.DataFrame([(*row, spans) for row in rows], schema, orient="row")


@pytest.mark.parametrize("code", TEXTS)
def test_one_or_two_sentences_are_enough(code):
    assert detect_language(TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "Nobody came.", "1 2 3 " * 50, TABLE, "😀" * 500])
def test_the_language_of_almost_no_text_is_unknown(text):
    assert detect_language(text) in (None, "en")


def test_the_text_decides_then_the_file_then_the_setting():
    said = [
        (TEXTS["de"], "en", None),
        (TEXTS["en"], None, None),
        ("Nobody came.", "NL-be", None),
        ("Nobody came.", "Klingon", None),
        ("", None, None),
        (TEXTS["de"], "da", "file"),
    ]
    frame = add_languages(make_articles(said), ("fr", "en"))
    assert frame.select("language", "language_from").rows() == [
        ("de", "text"), ("en", "text"), ("nl", "file"), ("fr", "assumed"), ("fr", "assumed"), ("da", "file"),
    ]  # fmt: skip
    assert add_languages(frame, ("fr", "en")).equals(frame)


def test_the_place_that_names_a_language_is_kept_only_when_the_file_decides():
    said = [
        (TEXTS["de"], "en", None),
        (TEXTS["de"], "de", None),
        ("Nobody came.", "nl", None),
        (TEXTS["de"], "da", "file"),
    ]
    frame = add_languages(make_articles(said), ("en",))
    fields = [[span["field"] for span in spans] for spans in frame["header_spans"]]
    assert fields == [["headline"], ["headline"], ["headline", "language"], ["headline", "language"]]


def test_articles_in_other_languages_are_not_analysed():
    articles = pl.DataFrame({"language": ["en", "de", "fr"]})
    spoken, others = split_by_language(articles, ("en", "fr"))
    assert (spoken["language"].to_list(), others["language"].to_list()) == (["en", "fr"], ["de"])
