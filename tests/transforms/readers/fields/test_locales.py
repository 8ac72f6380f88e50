"""Days and languages in the words of other languages."""

from datetime import date

import pytest

from transforms.readers.fields.locales import find_language, localise, search_day
from transforms.readers.records import Record


@pytest.mark.parametrize(
    "written",
    [
        "3. Juni 2019",
        "3.Juni 2019",
        "Montag, 3. Juni 2019",
        "3 juin 2019",
        "lundi 3 juin 2019 14:05",
        "juin 3 2019",
        "3 de junio de 2019",
        "3 giugno 2019",
        "3 juni 2019",
        "3 июня 2019",
        "3 czerwca 2019",
        "3 kesäkuuta 2019",
        "June 3, 2019 Monday 11:21 AM GMT",
        "2019 年 6 月 3 日 17:04",
        "2019년 6월 3일",
    ],
)
def test_days_are_read_in_the_language_they_are_written_in(written):
    assert search_day(written).day == date(2019, 6, 3)


@pytest.mark.parametrize(
    "written", ["", "31. Februar 2019", "Seite 3 Juni", "30 words 2019", "2019 年 13 月 3 日"]
)
def test_text_that_is_not_a_day_gives_none(written):
    assert search_day(written) is None


@pytest.mark.parametrize(
    ("written", "code"),
    [("ENGLISH; ENGLISHS", "en"), ("Französisch", "fr"), ("德文", "de"), ("Elvish", None)],
)
def test_languages_are_known_by_their_names_in_other_languages(written, code):
    assert find_language(written) == code


@pytest.mark.parametrize(
    ("language", "byline", "name"),
    [
        ("de", "Von Ada Example", "Ada Example"),
        ("fr", "Par Ada Example", "Ada Example"),
        ("en", "Von Trapp", "Von Trapp"),
        ("de", "Von und zu", "Von und zu"),
    ],
)
def test_the_word_before_a_name_is_cut_only_in_its_own_language(language, byline, name):
    assert localise(Record("Text.", byline=byline, language=language)).byline == name


def test_a_day_in_another_language_is_the_day_of_the_record():
    assert localise(Record("Text.", published="3. Juni 2019")).published_on == date(2019, 6, 3)
