"""Nexis exports: cover pages, the lines above and below a text, and field labels in other languages."""

import pytest

from transforms.readers import read_records

COVER = "User Name: A. READER\nJob Number: 7\nDocuments ({count})\n{titles}\n"
SEARCH = "Client/Matter: -None-\nSearch Terms: lock\nNarrowed by:\nContent Type\tNarrowed by\nNews\tSources: Post\n"
NEW = "{title}\nHarbour Post\nJune 3, 2019 Monday\n\nLength: 9 words\n\nBody\n\n{body}\n\n{tail}End of Document\n"
OLD = "{number} of 2 DOCUMENTS\n\n\nHarbour Post\n\nJune 3, 2019 Monday\n\n{title}\n\n{keys}\n\n{body}\n\n{tail}\n\n"
BODY = 'The council agreed to reopen the lock.\n\n"At last," said its chair, Dorothea Quill.'
LOAD = "Load-Date: June 4, 2019\n\n"


def read(text):
    reading = read_records(text.encode(), "a.txt")
    return list(reading.records.iter_rows(named=True)), reading.rejects


def new(title="Old lock reopens", body=BODY, tail=LOAD):
    return NEW.format(title=title, body=body, tail=tail)


def old(keys="LENGTH: 9 words", tail="LOAD-DATE: June 4, 2019", title="Old lock reopens", body=BODY):
    return OLD.format(number=1, keys=keys, tail=tail, title=title, body=body)


@pytest.mark.parametrize(
    "search", [SEARCH, "", "Search Type: Natural Language\n", "Content Type Narrowed by\n"]
)
def test_a_cover_of_titles_does_not_belong_to_the_first_article(search):
    titles = f"1. Old lock reopens\n{search}\n2. Toll rises\n{search}"
    articles, _ = read(
        COVER.format(count=2, titles=titles) + new() + new("Toll rises", "The toll rises to five.")
    )
    assert [(one["headline"], one["outlet"]) for one in articles] == [
        ("Old lock reopens", "Harbour Post"),
        ("Toll rises", "Harbour Post"),
    ]
    assert articles[0]["body"] == BODY


def test_titles_with_numbers_in_them_do_not_end_the_cover():
    titles = "1. Old lock reopens\n2. 3. Liga: Hafen\n3. Toll rises\n"
    articles, _ = read(COVER.format(count=3, titles=titles) + new())
    assert [one["headline"] for one in articles] == ["Old lock reopens"]


@pytest.mark.parametrize("word", ["Documents", "Dokumente", "Documenten"])
def test_a_cover_without_articles_is_rejected_as_what_it_is(word):
    text = COVER.replace("Documents", word).format(count=2, titles="1. Old lock reopens\n2. Toll rises\n")
    articles, rejects = read(text)
    assert not articles
    assert "list of titles" in rejects[0].reason


@pytest.mark.parametrize(
    ("tail", "note"),
    [
        ("Classification\n\nLanguage: ENGLISH\n\nSubject: RIVERS (90%)\n\n" + LOAD, None),
        ("Graphic\n\nPhoto: the lock. (Ada Example)\n\n" + LOAD, None),
        ("Correction\n\nThe chair is Dorothea Quill.\n\nNot Quil.\n\nCorrection-Date: June 5, 2019\n\n" + LOAD,
         "The chair is Dorothea Quill. Not Quil."),
        ("http://harbour.example\n\n" + LOAD, None),
        (LOAD + "Copyright 2019 Harbour Post\nAll Rights Reserved\n\n", None),
    ],
)  # fmt: skip
def test_lines_below_a_text_are_not_part_of_it(tail, note):
    articles, _ = read(new(tail=tail))
    assert articles[0]["body"] == BODY
    assert articles[0]["note"] == note


@pytest.mark.parametrize(
    "tail",
    [
        "LOAD-DATE: June 4, 2019\n\nLANGUAGE: ENGLISH\n\nPUBLICATION-TYPE: Newspaper",
        "GRAPHIC: The lock\non Sunday.\n\nLOAD-DATE: June 4, 2019",
        "SUJET: RIVIÈRES (90%);\nÉCLUSES (88%)\n\nDATE-CHARGEMENT: 4 juin 2019\n\nLANGUE: FRANÇAIS",
        "GRAFIK: Die Schleuse\n\nUPDATE: 4. Juni 2019\n\nSPRACHE: GERMAN; DEUTSCH",
        "PERSON: DOROTHEA QUILL (90%)\n\nLOAD-DATE: June 4, 2019\n\n\nCopyright 2019 Post\nAlle Rechte vorbehalten",
    ],
)
def test_the_old_form_ends_its_texts_with_keys_in_the_language_of_the_interface(tail):
    articles, _ = read(old(tail=tail))
    assert articles[0]["body"] == BODY


@pytest.mark.parametrize("keys", ["BYLINE: Ada Example\n\nLENGTH: 9 words", "AUTOR: Ada Example\n\nLÄNGE: 9 Wörter",
                                  "AUTEUR: Ada\nExample\n\nLONGUEUR: 9 mots"])  # fmt: skip
def test_the_keys_above_a_text_may_be_in_any_of_the_languages(keys):
    articles, _ = read(old(keys=keys))
    assert (articles[0]["byline"], articles[0]["body"]) == ("Ada Example", BODY)


@pytest.mark.parametrize(
    "line", ["UPDATE: the lock stays shut.", "PERSON: I saw it.", "Subject: rivers", "Language: none"]
)
def test_lines_of_a_text_that_look_like_keys_stay_in_it(line):
    body = f"{BODY}\n\n{line}\n\nThe barges came back."
    assert read(new(body=body))[0][0]["body"] == body
    assert read(old(body=body))[0][0]["body"] == body


def test_correction_appended_is_a_note_and_neither_headline_nor_day():
    text = new("Old lock reopens - Correction Appended").replace("June 3, 2019 Monday", "Correction Appended")
    articles, _ = read(text)
    assert articles[0]["headline"] == "Old lock reopens"
    assert articles[0]["outlet"] == "Harbour Post"
    assert articles[0]["published"] == "June 4, 2019"
    assert articles[0]["published_in"] == "field Load-Date"
    assert articles[0]["note"] == "Correction appended"


@pytest.mark.parametrize("edition", ["City Edition", "Late Edition - Final", "Edition 1; Scotland"])
def test_the_line_of_the_edition_is_not_the_headline(edition):
    text = old().replace("June 3, 2019 Monday\n", f"June 3, 2019 Monday\n\n{edition}\n")
    articles, _ = read(text)
    assert articles[0]["headline"] == "Old lock reopens"


def test_the_number_of_a_photo_does_not_divide_a_document():
    articles, _ = read(old(body=f"{BODY}\n\n1 of 3\n\nThe barges came back."))
    assert len(articles) == 1


def test_the_heads_of_the_pages_of_a_pdf_file_are_not_part_of_a_text():
    body = "The council agreed to reopen\nPage 2 of 2\nOld lock reopens\nthe lock.\nOld lock reopens\nagain."
    articles, _ = read(new(body=body))
    assert articles[0]["body"] == "The council agreed to reopen\nthe lock.\nOld lock reopens\nagain."


@pytest.mark.parametrize(
    ("byline", "name", "agency"),
    [
        ("By ADA EXAMPLE, --(River News)", "ADA EXAMPLE", "River News"),
        ("By --(River News)", None, "River News"),
        ("; Ada Example contributed", "Ada Example contributed", None),
        ("_", None, None),
    ],
)
def test_a_byline_is_a_name_but_not_an_agency(byline, name, agency):
    articles, _ = read(old(keys=f"BYLINE: {byline}\n\nLENGTH: 9 words"))
    assert (articles[0]["byline"], articles[0]["agency"]) == (name, agency)


def test_the_title_of_the_file_is_not_the_headline_of_an_article():
    text = new().replace("Old lock reopens\nHarbour Post", "Harbour Post")
    articles, _ = read(text)
    assert articles[0]["headline"] is None


def test_a_text_with_a_length_and_a_numbered_photo_is_not_an_export():
    text = f"Title: Old lock reopens\nLength: 300 words\n\n{BODY * 40}\n\n1 of 3\n\nThe barges came back.\n"
    assert read_records(text.encode(), "a.txt").format == "text"
