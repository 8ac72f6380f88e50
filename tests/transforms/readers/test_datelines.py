"""Openings of stories -> place, date, agency; and openings that only look like datelines."""

import pytest

from transforms.readers.datelines import read_dateline

STORY = "The river council agreed on Monday to reopen the old lock after two years of repairs."


@pytest.mark.parametrize(
    ("prefix", "place", "written_date", "agency"),
    [
        ("WASHINGTON, June 3 (Reuters) - ", "WASHINGTON", "June 3", "Reuters"),
        ("WASHINGTON (Sputnik) - ", "WASHINGTON", None, "Sputnik"),
        ("PARIS (AP) — ", "PARIS", None, "AP"),
        ("BEIJING, Nov. 19 (UPI) — ", "BEIJING", "Nov. 19", "UPI"),
        ("BEIJING, June 3 (Xinhua) -- ", "BEIJING", "June 3", "Xinhua"),
        ("THE HAGUE, Netherlands (AP) —", "THE HAGUE, Netherlands", None, "AP"),
        ("STATE COLLEGE, Pa. - ", "STATE COLLEGE, Pa.", None, None),
        ("DES MOINES, Iowa, Aug. 10 (UPI) — ", "DES MOINES, Iowa", "Aug. 10", "UPI"),
        ("NEW YORK/LONDON, June 3 (Reuters) - ", "NEW YORK/LONDON", "June 3", "Reuters"),
        ("MOSCOW, 3 June 2019 (TASS) - ", "MOSCOW", "3 June 2019", "TASS"),
        ("MOSCOW. June 3 (Interfax) - ", "MOSCOW", "June 3", "Interfax"),
        ("PARIS, June 3, 2019 (AFP) – ", "PARIS", "June 3, 2019", "AFP"),
        ("NEW YORK, June 3, 2019 /PRNewswire/ -- ", "NEW YORK", "June 3, 2019", "PRNewswire"),
        ("GENEVA, 12 May (River News) - ", "GENEVA", "12 May", "River News"),
        ("Geneva, May 12 – ", "Geneva", "May 12", None),
        ("LONDON -- ", "LONDON", None, None),
        ("LONDON\u00a0―\u00a0", "LONDON", None, None),
        ("FARMINGTON Conn., March 9 - ", "FARMINGTON Conn.", "March 9", None),
        ("ST. LOUIS — ", "ST. LOUIS", None, None),
        ("McLEAN, Va. — ", "McLEAN, Va.", None, None),
        ("SÃO PAULO — ", "SÃO PAULO", None, None),
        ("Washington (CNN) ", "Washington", None, "CNN"),
        ("Washington (CNN)", "Washington", None, "CNN"),
        ("Salt Lake City (AP) - ", "Salt Lake City", None, "AP"),
        ("Berlin (dpa) - ", "Berlin", None, "dpa"),
        (" (Kyodo) - ", None, None, "Kyodo"),
        ("Dec 29 (Reuters) - ", None, "Dec 29", "Reuters"),
        ("PARIS (AP) —\r\n", "PARIS", None, "AP"),
    ],
)
def test_wire_forms_are_read_and_the_story_begins_behind_them(prefix, place, written_date, agency):
    text = prefix + STORY
    found = read_dateline(text)
    values = [text[slice(*span)] if span else None for span in (found.place, found.date, found.agency)]
    assert [*values, text[found.end :]] == [place, written_date, agency, STORY]


@pytest.mark.parametrize(
    "story", ["<Example Corp> said", "(Example Ltd) said", "eBay said", "“No,” he said", "5G is"]
)
def test_a_story_may_begin_with_a_sign_behind_a_sure_dateline(story):
    text = f"PORT ADA, MARCH 9 (AP) - {story}"
    assert text[read_dateline(text).end :] == story


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "WASHINGTON said on Monday that it would not sign the treaty - at least not this year, it added.",
        "“WASHINGTON - a city of clerks,” she called it, and nobody in the room laughed.",
        "BREAKING - The river council agreed on Monday to reopen the old lock after repairs.",
        "UPDATE 1 - The river council agreed on Monday to reopen the old lock after repairs.",
        "EXCLUSIVE – Mayor: the lock will reopen after two years of costly repairs, sources say.",
        "NATO - The alliance agreed on Monday to hold its next summit on the river bank.",
        "LOCK REOPENS - MAYOR HAILS END OF TWO YEARS OF COSTLY REPAIRS ON THE RIVER",
        "LONDON - The City That Never Closes Its Locks, and Why It Should",
        "HARBOUR POLLS NOT WRONG, JUST TOO EARLY - Dan Example and others looked at what they did.",
        "River Council (RC) - The body agreed on Monday to reopen the old lock after repairs.",
        "RIVER COUNCIL (RC) - The body agreed on Monday to reopen the old lock after repairs.",
        "Dan Example (D-Harbour) - The senator agreed on Monday to reopen the old lock.",
        "DAN EXAMPLE (R) - The senator agreed on Monday to reopen the old lock after repairs.",
        "The council (Harbour) - which met on Monday - agreed to reopen the old lock.",
        "River Council (Harbour) The body agreed on Monday to reopen the old lock.",
        "MAYOR: We will reopen the lock. CLERK: When? MAYOR: In May, I hope, and on a Monday.",
        "(Laughter) - The mayor said on Monday that he would reopen the old lock.",
        "SMITH--Jane, beloved mother of two, who for years kept the old lock, died on Monday.",
        "PARIS (AP) -",
        "PARIS (AP) - ",
        "- The council agreed",
        "",
    ],
)
def test_other_openings_lose_no_word(text):
    assert read_dateline(text) is None
