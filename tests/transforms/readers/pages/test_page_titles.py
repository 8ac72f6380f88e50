"""Choose one headline from the titles in several places of a page."""

import pytest

from transforms.readers.pages.page_titles import Titles, choose_headline, compact_name

SITES = ["Harbour Post", "harbourpost.example"]


@pytest.mark.parametrize(
    "written",
    [
        "Lock opens | Harbour Post",
        "Lock opens – The Harbour Post",
        "Lock opens - News - Harbour Post Online",
        "Lock opens -- HarbourPost.com",
        "Lock opens :: Harbour Post | Home of the coast",
        "Lock opens « Harbour Post",
        "Harbour Post: Lock opens",
        "Harbour Post | Lock opens",
        "Lock opens",
    ],
)
def test_the_name_of_the_site_is_not_part_of_a_headline(written):
    headline = choose_headline(Titles(social=[written]), [*SITES, "Harbour Post | Home of the coast"])
    assert headline in ("Lock opens", "Lock opens - News")


@pytest.mark.parametrize(
    "written",
    [
        "Lock opens - at last",
        "BUDGET | Lock opens",
        "Fire: lock opens",
        "Post-war lock opens",
        "Why Harbour Post closed",
    ],
)
def test_marks_that_separate_no_site_name_stay(written):
    assert choose_headline(Titles(social=[written]), SITES) == written


def test_a_section_that_only_one_place_has_is_left_out():
    titles = Titles(social=["Lock opens - National"], visible=["Lock opens"])
    assert choose_headline(titles, SITES) == "Lock opens"


def test_what_two_places_say_is_the_headline():
    short, long = "Lock opens after two years", "Old lock opens two years late, council says"
    assert choose_headline(Titles([short], [long], [long]), []) == long
    assert choose_headline(Titles([long], [short], [long]), []) == long
    assert choose_headline(Titles([long], [long], [short]), []) == long


def test_the_fields_of_the_page_go_before_its_heading_when_all_differ():
    assert choose_headline(Titles(["One"], ["Two"], ["Three"], ["Four"]), []) == "One"
    assert choose_headline(Titles([], ["Two"], ["Three"], ["Four"]), []) == "Two"
    assert choose_headline(Titles([], [], ["Three"], ["Four"]), []) == "Three"
    assert choose_headline(Titles([], [], [], ["Four"]), []) == "Four"


def test_quotation_marks_blanks_and_references_make_no_difference():
    titles = Titles(["&#8216;Old&#8217;  lock opens"], ["Lock is open"], ["'Old' lock opens"])
    assert choose_headline(titles, []) == "'Old' lock opens"


def test_a_full_title_replaces_a_cut_one():
    titles = Titles(["Old lock opens after two…"], [], ["Old lock opens after two years of repairs"])
    assert choose_headline(titles, []) == "Old lock opens after two years of repairs"


def test_a_heading_of_the_login_box_is_not_the_headline():
    assert choose_headline(Titles([], ["Lock opens"], ["Log in", "Lock opens"]), []) == "Lock opens"


@pytest.mark.parametrize("written", ["Harbour Post", "The Harbour Post", "", "|", "- -"])
def test_the_name_of_the_site_alone_is_not_a_headline(written):
    assert choose_headline(Titles(social=[written], window=[written]), SITES) is None


def test_titles_in_other_scripts():
    assert choose_headline(Titles([], [], ["老闸重开"], ["老闸重开-海港报"]), []) == "老闸重开"
    assert choose_headline(Titles(window=["老闸重开_海港报"]), ["海港报"]) == "老闸重开"


def test_names_of_sites_are_compared_without_their_fillers():
    assert compact_name("The Harbour Post") == compact_name("https://www.harbourpost.com") == "harbourpost"
    assert compact_name("News") == "news"
