"""Openings of stories give place, date and agency, unless they only look like datelines."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.readers.fields.datelines import find_parts, read_dateline, split_dateline
from transforms.readers.formats.text import read_article

CASES = (
    Path(os.environ.get("ONRECORD_SHARED", Path(__file__).parents[5] / "shared")) / "cases" / "F12_datelines"
)
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
        # dashes and other marks
        ("TOLLAND, Pa. (AP) _ ", "TOLLAND, Pa.", None, "AP"),
        ("PORT ADA (River News)- ", "PORT ADA", None, "River News"),
        ("Quito, March 9 (EFE).- ", "Quito", "March 9", "EFE"),
        ("Manama, 9 March (BNA): ", "Manama", "9 March", "BNA"),
        ("Pune [India], March 9 (ANI): ", "Pune", "March 9", "ANI"),
        ("Jaipur, Mar 9 (PTI) ", "Jaipur", "Mar 9", "PTI"),
        ("ODESA, March 9. /TASS/. ", "ODESA", "March 9", "TASS"),
        ("ODESA, March 9 /TASS/. ", "ODESA", "March 9", "TASS"),
        ("KAZAN. March 9 (Interfax) - ", "KAZAN", "March 9", "Interfax"),
        ("BAKU, Azerbaijan, March 9. ", "BAKU, Azerbaijan", "March 9", None),
        ("Kathmandu, March 9: ", "Kathmandu", "March 9", None),
        ("NEW DELHI: ", "NEW DELHI", None, None),
        ("CAIRO – 9 March 2024: ", "CAIRO", "9 March 2024", None),
        ("SINGAPORE (March 9, 2024) — ", "SINGAPORE", "March 9, 2024", None),
        ("PORT ADA , March 9 (AP) - ", "PORT ADA", "March 9", "AP"),
        # agencies without brackets
        ("PERTH, March 9 AAP - ", "PERTH", "March 9", "AAP"),
        ("Kumasi, March 9, GNA – ", "Kumasi", "March 9", "GNA"),
        ("Jeddah, March 09, 2024, SPA -- ", "Jeddah", "March 09, 2024", "SPA"),
        ("YEREVAN, MARCH 9, ARMENPRESS. ", "YEREVAN", "MARCH 9", "ARMENPRESS"),
        ("Aleppo, SANA- ", "Aleppo", None, "SANA"),
        ("Lviv. Ukrinform. ", "Lviv", None, "Ukrinform"),
        ("ALMATY. KAZINFORM – ", "ALMATY", None, "KAZINFORM"),
        ("Phnom Penh, AKP March 9, 2024 – ", "Phnom Penh", "March 9, 2024", "AKP"),
        ("PARIS - AFP - ", "PARIS", None, "AFP"),
        ("PARIS/AFP — ", "PARIS", None, "AFP"),
        ("OSLO (TT-AFP) - ", "OSLO", None, "TT-AFP"),
        ("PORT ADA, Wed. March 9 (AP) — ", "PORT ADA", "March 9", "AP"),
        ("ROSEAU, Dominica, CMC – ", "ROSEAU, Dominica", None, "CMC"),
        # newswires
        ("PORT ADA, Kenya, March 9, 2024/APO Group/ -- ", "PORT ADA, Kenya", "March 9, 2024", "APO Group"),
        ("HILLTOWN--(BUSINESS WIRE)--", "HILLTOWN", None, "BUSINESS WIRE"),
        ("HILLTOWN, Ontario, March 09, 2024 (GLOBE NEWSWIRE) -- ",
         "HILLTOWN, Ontario", "March 09, 2024", "GLOBE NEWSWIRE"),
        ("SHARJAH, 9th March, 2024 (WAM) -- ", "SHARJAH", "9th March, 2024", "WAM"),
        ("Hilltown, British Columbia--(Newsfile Corp. - March 9, 2024) - ",
         "Hilltown, British Columbia", "March 9, 2024", "Newsfile Corp."),
        ("HILLTOWN, TX / ACCESSWIRE / March 9, 2024 / ", "HILLTOWN, TX", "March 9, 2024", "ACCESSWIRE"),
        ("MACAU, CHINA - Media OutReach Newswire - 9 March 2024 - ",
         "MACAU, CHINA", "9 March 2024", "Media OutReach Newswire"),
        # agencies first
        ("(ANSA) - Turin, March 9 - ", "Turin", "March 9", "ANSA"),
        ("(AGI) Turin, 9 March - ", "Turin", "9 March", "AGI"),
        ("(CBS/AP) PORT ADA, Okla. - ", "PORT ADA, Okla.", None, "CBS/AP"),
        ("AFP | Lyon\n\n", "Lyon", None, "AFP"),
        ("Xinhua - HARBIN, March 9 - ", "HARBIN", "March 9", "Xinhua"),
        ("(CNN) ", None, None, "CNN"),
        ("AFP - ", None, None, "AFP"),
        ("Lyon (ANTARA News/AFP) - ", "Lyon", None, "ANTARA News/AFP"),
        # the letters of a town are not those of the agency
        ("ALTONVILLE, Pa. (AP) — ", "ALTONVILLE, Pa.", None, "AP"),
        ("CARDALE, PEI (CP) — ", "CARDALE, PEI", None, "CP"),
        ("UNDERHILL, Pa., (UP) - ", "UNDERHILL, Pa.", None, "UP"),
        ("ALTONVILLE, PA - ", "ALTONVILLE, PA", None, None),
        # places that are known
        ("Durban - ", "Durban", None, None),
        ("Hilltown, India – ", "Hilltown, India", None, None),
        ("(BRUSSELS) — ", "BRUSSELS", None, None),
        ("(Tokyo, Japan) – ", "Tokyo, Japan", None, None),
        ("WASHINGTON—", "WASHINGTON", None, None),
        ("HILLTOWN, Colo.—", "HILLTOWN, Colo.", None, None),
        ("FLORIDALE, S.C.--", "FLORIDALE, S.C.", None, None),
        ("ANKARA\n\n", "ANKARA", None, None),
        ("GAZA CITY, Palestine\r\n\r\n", "GAZA CITY, Palestine", None, None),
    ],
)  # fmt: skip
def test_wire_forms_are_read_and_the_story_begins_behind_them(prefix, place, written_date, agency):
    text = prefix + STORY
    found = read_dateline(text)
    values = [text[slice(*span)] if span else None for span in (found.place, found.date, found.agency)]
    assert [*values, text[found.end :]] == [place, written_date, agency, STORY]


@pytest.mark.parametrize(
    ("opening", "byline"),
    [
        ("PORT ADA (Sputnik), Ada Lorne - ", "Ada Lorne"),
        ("PORT ADA, March 9 (Sputnik), by Jean-Luc Rée – ", "Jean-Luc Rée"),
        ("(AFP), Ada Lorne, Bo Tarn and Cy Orre -- ", "Ada Lorne, Bo Tarn and Cy Orre"),
    ],
)
def test_reporters_behind_the_agency_are_the_byline(opening, byline):
    found = read_dateline(opening + STORY)
    assert (opening + STORY)[slice(*found.byline)] == byline
    assert found.end == len(opening)


@pytest.mark.parametrize(
    "opening",
    [
        "PORT ADA (AP), Example - ",
        "PORT ADA (Sputnik), with more rain to come - ",
        "PORT ADA (Lock Owners), Ada Lorne - ",
        "PORT ADA (Sputnik), Ada Lorne (left) - ",
    ],
)
def test_other_words_behind_the_agency_are_no_byline(opening):
    found = read_dateline(opening + STORY)
    assert not found or not found.byline


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
        "SMITH—Jane, beloved mother of two, who for years kept the old lock, died on Monday.",
        "Paris - The Best of What to See and Do in the City of Light on the River of Old Locks",
        "Paris - the city of light - agreed on Monday to reopen the old lock after years of repairs.",
        "Paris - Britain's nearest rival - agreed on Monday to reopen the old lock after repairs.",
        "Ada Lorne - The mayor agreed on Monday to reopen the old lock after two years of repairs.",
        "LOCK DIARY\n\nThe river council agreed on Monday to reopen the old lock after two years of repairs.",
        "PORT ADA, FLORIDA - MARCH 9: The mayor opens the old lock after two years of costly repairs.",
        "Mayor Ada Lorne (Bo Sample/Reuters)\n\nThe river council agreed on Monday to reopen the lock.",
        "(Bo Sample/Reuters)\n\nThe river council agreed on Monday to reopen the old lock after repairs.",
        "(Reuters)\n\nThe river council agreed on Monday to reopen the old lock after two years of repairs.",
        "(Harbour Thinker) Remember the old lock? The council agreed on Monday to reopen it after repairs.",
        "Ada Lorne / AFP / Picture House The mayor opens the old lock after two years of costly repairs.",
        "The Pakistan Policy Institute (PPI) agreed on Monday to reopen the old lock after two years.",
        "Associated Pilots (AP) - The pilots agreed on Monday to reopen the old lock after two years.",
        "Sen. Ada Lorne (AP) - The senator agreed on Monday to reopen the old lock after two years.",
        "Ada Lorne, Reuters, 42, agreed on Monday to reopen the old lock after two years of repairs.",
        "WASHINGTON: We will reopen the lock, and soon, if the river lets us.\nCLERK: When will that be?",
        "MAYOR: We will reopen the lock, and we will do so in May, on a Monday, if the river lets us.",
        "LOCKNEWS.COM - The river council agreed on Monday to reopen the old lock after two years of repairs.",
        "FILE - In this March 9, 2024, file photo, the mayor opens the old lock after years of repairs.",
        "By Ada Lorne PORT ADA (River News) - The council agreed on Monday to reopen the old lock.",
        "Monday, June 3. The river council agreed to reopen the old lock after two years of repairs.",
        "PARIS (AP) -",
        "PARIS (AP) - ",
        "- The council agreed",
        "",
    ],
)
def test_other_openings_lose_no_word(text):
    assert read_dateline(text) is None


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("LONDON", {"dateline_place": "LONDON"}),
        ("Port Ada, Kenya", {"dateline_place": "Port Ada, Kenya"}),
        ("TOLLAND, Pa. (AP) _", {"agency": "AP", "dateline_place": "TOLLAND, Pa."}),
        ("PERTH, March 9 AAP -", {"agency": "AAP", "dateline_date": "March 9", "dateline_place": "PERTH"}),
        ("ODESA, March 9. /TASS/.", {"agency": "TASS", "dateline_date": "March 9", "dateline_place": "ODESA"}),
        ("(ANSA) - Turin, March 9 -", {"agency": "ANSA", "dateline_date": "March 9", "dateline_place": "Turin"}),
        ("somewhere on the river", {"dateline_place": "somewhere on the river"}),
        (" - ", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_a_dateline_in_a_separate_field_is_split(written, parts):
    assert split_dateline(written) == parts


PIECES = ["PORT ADA", "Paris", ",", ".", " ", "(AP)", "(", "/TASS/", "--", "—", "- ", ": ",
          "March 9", "9th March, 2024", "AFP", "|", "[India]", "\n", "x", STORY]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_parts_lie_in_order_inside_the_opening(text):
    found = read_dateline(text)
    if found:
        spans = [span for span in (found.place, found.date, found.agency) if span]
        assert all(0 <= start < end <= found.end <= len(text) for start, end in spans)
        assert text[found.end :].strip()
    for start, end in find_parts(text).values():
        assert 0 <= start < end <= len(text)


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not there (ONRECORD_SHARED)")
def test_the_shared_datelines_are_read_as_expected():
    expected = json.loads((CASES / "expected.json").read_text(encoding="utf-8"))
    found = {}
    for name in expected:
        record = read_article((CASES / f"{name}.txt").read_text(encoding="utf-8"))
        found[name] = {"place": record.dateline_place, "agency": record.agency}
    assert found == expected
