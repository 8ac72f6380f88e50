"""Find the pairs of articles that are versions of one story, and the order of versions in a story."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from transforms.articles.stories import BANDS, MEMBERS, PAIRS, build_bands, join_stories, pick_versions


def article(name, **values):
    return {"article_id": name, "story_id": name, "published_on": date(2024, 5, 3)} | values


def pair(**values):
    plain = {
        "article_id": "a",
        "other_id": "b",
        "shared_bands": 0,
        "words": 300,
        "other_words": 300,
        "days_apart": 0,
    }
    plain |= {"same_guid": False, "same_headline": False, "is_marked": False}
    return pl.DataFrame([plain | values], PAIRS)


@pytest.mark.parametrize(
    ("values", "is_version"),
    [
        ({"shared_bands": BANDS}, True),
        ({"shared_bands": 12}, True),
        ({"shared_bands": 7}, False),  # two fifths of each
        ({"shared_bands": 3, "words": 60}, True),  # all of a text that is a fifth of the other
        ({"shared_bands": BANDS, "days_apart": 31}, False),
        ({"shared_bands": BANDS, "days_apart": None}, True),
        ({"same_guid": True}, True),
        ({"same_guid": True, "days_apart": 31}, False),
        ({"same_headline": True, "days_apart": 2}, True),
        ({"same_headline": True, "days_apart": 3}, False),
        ({"same_headline": True, "days_apart": None}, False),
    ],
)
def test_which_pairs_are_versions_of_one_story(values, is_version):
    assert pick_versions(pair(**values)).height == is_version


@pytest.mark.parametrize(
    ("values", "is_version"),
    [
        ({"same_words": 30}, True),
        ({"same_words": 30, "other_subjects": True}, False),  # the same said of another company
        ({"same_words": 20, "other_subjects": True}, True),  # a version with new paragraphs
        ({"same_words": 30, "same_numbers": 1, "fewer_numbers": 6}, False),  # the weather of another day
        ({"same_words": 30, "same_numbers": 4, "fewer_numbers": 6}, True),
        ({"same_words": 30, "same_numbers": 0, "fewer_numbers": 3}, True),  # a correction
        ({"same_words": 30, "other_subjects": True, "is_marked": True}, True),
        ({"same_words": 30, "other_subjects": True, "same_guid": True}, True),
        ({"same_words": 30, "other_subjects": True, "words": 900, "other_words": 800}, True),
        ({"same_words": None, "other_subjects": None, "fewer_numbers": None, "same_numbers": None}, True),
    ],
)
def test_texts_of_one_template_are_not_versions_of_one_story(values, is_version):
    alike = {"shared_bands": BANDS, "other_subjects": False, "fewer_numbers": 0, "same_numbers": 0}
    assert pick_versions(pair(**alike | values)).height == is_version


@pytest.mark.parametrize(
    "later",
    [
        {"published_on": date(2024, 5, 4)},
        {"version_no": 2},
        {"version_label": "CORRECTED"},
        {"published_at": datetime(2024, 5, 3, 9, tzinfo=UTC)},
        {"updated_at": datetime(2024, 5, 3, 9, tzinfo=UTC)},
    ],
)
def test_the_latest_is_chosen_by_day_then_number_then_correction_then_time(later):
    articles = pl.DataFrame([article("b"), article("a", **later)], MEMBERS)
    joined = join_stories(articles, pl.DataFrame({"article_id": ["a"], "other_id": ["b"]}))
    assert joined.select("article_id", "story_id", "is_latest").rows() == [
        ("a", "b", True),
        ("b", "b", False),
    ]


def test_a_correction_comes_before_the_next_update():
    versions = [
        ("UPDATE 1", 2),
        ("CORRECTED-UPDATE 1", 2),
        ("UPDATE 2", 3),
        ("CORRECTED", None),
        (None, None),
    ]
    rows = [
        article(str(number), version_label=label, version_no=no)
        for number, (label, no) in enumerate(versions)
    ]
    joined = join_stories(
        pl.DataFrame(rows, MEMBERS), pl.DataFrame({"article_id": ["0"] * 4, "other_id": list("1234")})
    )
    assert joined["story_id"].unique().to_list() == ["4"]
    assert joined.filter("is_latest")["article_id"].to_list() == ["2"]


def test_an_article_without_a_day_is_never_the_latest():
    rows = [article("a", published_on=None), article("b")]
    joined = join_stories(pl.DataFrame(rows, MEMBERS), pl.DataFrame({"article_id": ["a"], "other_id": ["b"]}))
    assert joined.filter("is_latest")["article_id"].to_list() == ["b"]


def test_bands_stay_the_same_from_release_to_release():
    """Warehouses store the hashes: with another algorithm, they would not match the stories of older runs."""
    text = " ".join(f"word{number}" for number in range(100))
    (bands,) = build_bands(pl.Series([text]))
    assert (len(bands), bands[0]) == (BANDS, -5288276815078557820)
    assert build_bands(pl.Series(["A short text."])) == [[]]
