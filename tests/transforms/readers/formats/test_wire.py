"""The XML and the messages of agencies."""

import pytest

from transforms.readers import read_records
from transforms.readers.formats.wire_text import divide_lines

NITF = (
    "<nitf><head><docdata>{data}</docdata></head><body><body.head>{head}</body.head>"
    "<body.content>{body}</body.content></body></nitf>"
)
G2 = (
    '<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="g1" version="1"><itemMeta>'
    '<itemClass qcode="ninat:{kind}"/><versionCreated>2019-06-03T09:30:00Z</versionCreated>'
    '<pubStatus qcode="stat:{status}"/></itemMeta><contentMeta>{meta}'
    "<headline>Lock</headline></contentMeta><contentSet><inlineXML>{body}</inlineXML></contentSet></newsItem>"
)
ANPA = "\x16\x16\x01W2870\x1frn\nb a\x13\x11 BC-River  06-03 0009\r\n"
HTML = '<html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'


def read(text):
    reading = read_records(text.encode(), "a.xml")
    return list(reading.records.iter_rows(named=True)), reading.rejects


def nitf(data="", head="<hedline><hl1>Lock</hl1></hedline>", body="<p>The lock reopens.</p>"):
    [found], _ = read(NITF.format(data=data, head=head, body=body))
    return found


def newsml(body="<p>The lock reopens.</p>", kind="text", status="usable", meta=""):
    return read(G2.format(body=HTML.format(body), kind=kind, status=status, meta=meta))


def test_notes_to_editors_are_not_part_of_a_text():
    note = '<note type="npa"><body.content><p>For editors.</p></body.content></note>'
    assert nitf(head=f"<hedline><hl1>Lock</hl1></hedline>{note}")["body"] == "The lock reopens."


def test_a_pattern_in_place_of_a_date_is_skipped():
    dates = '<date.issue norm="YYYYMMDD000000-HHMM"/><date.release norm="20190603T093000Z"/>'
    assert nitf(data=dates)["published"] == "20190603T093000Z"


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("<city>Port Ada</city> <state>Lowland</state>", "Port Ada, Lowland"),
        ("<city>Port Ada</city>, <state>Lowland</state>", "Port Ada, Lowland"),
        ("PORT ADA", "PORT ADA"),
    ],
)
def test_the_parts_of_a_place_are_divided(location, place):
    head = f"<hedline><hl1>Lock</hl1></hedline><dateline><location>{location}</location></dateline>"
    assert nitf(head=head)["dateline_place"] == place


def test_what_a_nitf_document_cancels_is_kept():
    data = '<doc-copyright/><doc-id id-string="2"/>'
    text = NITF.format(data=data, head="", body="<p>Withdrawn.</p>").replace(
        "<docdata>",
        '<docdata management-status="canceled" management-doc-idref="1">',
    )
    [found], _ = read(text)
    assert found["status"] == "canceled"
    assert '"management_doc_idref": "1"' in found["extra"]


@pytest.mark.parametrize("status", ["usable", "withheld", "canceled"])
def test_the_status_of_an_item_is_kept(status):
    [found], _ = newsml(status=status)
    assert found["status"] == status


@pytest.mark.parametrize(
    ("kind", "what"), [("picture", "a picture"), ("video", "a video"), ("graphic", "a graphic")]
)
def test_items_of_other_kinds_are_rejected_even_with_a_caption(kind, what):
    articles, [reject] = newsml(kind=kind)
    assert not articles
    assert f"is {what} with only a caption" in reject.reason


def test_the_header_of_a_page_in_an_item_repeats_the_fields_and_is_left_out():
    body = "<header><ul><li>River</li></ul><h1>Lock</h1></header><p>The lock reopens, the council said on Monday.</p>"
    [found], _ = newsml(body)
    assert found["body"] == "The lock reopens, the council said on Monday."


def test_a_login_is_not_a_byline():
    [found], _ = newsml(meta="<creator><name>example.a</name></creator>")
    assert found["byline"] is None


def test_the_place_in_the_text_goes_before_that_where_the_item_was_made():
    meta = "<located><name>Estmark City</name></located>"
    [found], _ = newsml("<p>PORT ADA, June 3 (River News) - The lock reopens.</p>", meta=meta)
    assert found["dateline_place"] == "PORT ADA"


def test_utf_8_that_is_declared_as_latin_1_is_read_as_what_it_is():
    story = "<nitf><body><body.content><p>L’écluse.</p></body.content></body></nitf>"
    text = f'<?xml version="1.0" encoding="iso-8859-1"?>{story}'
    assert read(text)[0][0]["body"] == "L’écluse."
    latin = read_records(text.replace("’", "'").encode("latin-1"), "a.xml")
    assert latin.records["body"].to_list() == ["L'écluse."]


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        (
            "One goes\non here.\n    Two goes\non there.",
            [["One goes", "on here."], ["Two goes", "on there."]],
        ),
        (
            "One goes\non here.\n\nTwo stands\nbelow.\n  Three.",
            [["One goes", "on here."], ["Two stands", "below."], ["Three."]],
        ),
        ("\n      Pretty printed text\n      goes on and\n      on.\n", None),
        ("One line.", None),
    ],
)
def test_lines_are_paragraphs_only_where_an_agency_broke_them(text, paragraphs):
    assert divide_lines(text) == paragraphs


@pytest.mark.parametrize("end", ["\x03031405 GMT Jun 19\r\n\x04", "\x03", ""])
def test_a_message_in_iptc_7901_is_read_with_and_without_its_end(end):
    text = f"\x01rve062 4 i 9 rne 061\r\n\nRiver/\r\n\x02Lock reopens =\r\n\nThe lock reopens.\r\n\nrne ab cd\r\n{end}"
    [found], _ = read(text)
    assert (found["headline"], found["body"], found["agency"]) == ("Lock reopens", "The lock reopens.", "rne")
    assert (found["published"] or "").startswith("2019-06-03T14:05:00Z" if "GMT" in end else "")


@pytest.mark.parametrize("flag", ["KILL", "MANDATORY KILL"])
def test_a_message_that_kills_a_story_is_canceled(flag):
    [found], _ = read(
        f"\x01rve062 4 i 9 rne 061\r\n\nRiver/\r\n\x02{flag}\r\nLock reopens =\r\n\nThe lock reopens.\r\n\x03"
    )
    assert (found["status"], found["note"]) == ("canceled", flag)


def test_a_short_message_in_anpa_is_text_for_all_its_control_characters():
    text = "\x02^BC-Alert,9<\r\n\t   The lock reopens.\r\n\x03RN-WF-06-03-19 1509GMT<\r\n\x0c\x04"
    [found], _ = read(f"{ANPA}{text}")
    assert (found["body"], found["published"]) == ("The lock reopens.", "2019-06-03T15:09:00Z")


def test_an_advisory_of_anpa_has_its_text_in_marked_lines():
    text = "\x02^BC-Note,9<\r\n^Note to editors<\r\n^The digest moves at noon.<\r\n\x03\x04"
    [found], _ = read(f"{ANPA}{text}")
    assert (found["headline"], found["body"]) == ("Note to editors", "The digest moves at noon.")


NEWSML1 = "<NewsML><NewsItem><NewsManagement>{management}</NewsManagement>{components}</NewsItem></NewsML>"
TEXT = "<ContentItem><DataContent>{}</DataContent></ContentItem>"


def newsml1(components, management=""):
    return read(NEWSML1.format(management=management, components=components))


@pytest.mark.parametrize(
    ("data", "body"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("&lt;P&gt;One.&lt;/P&gt;&lt;P&gt;Two.&lt;/P&gt;", "One.\n\nTwo."),
        ("<![CDATA[One.\n\nTwo.]]>", "One.\n\nTwo."),
        ("<nitf><body><body.content><p>One.</p></body.content></body></nitf>", "One."),
        ("<html><head><title>No</title></head><body><p>One.</p></body></html>", "One."),
    ],
)  # fmt: skip
def test_the_text_of_a_newsml_1_component_may_be_in_any_markup(data, body):
    [found], _ = newsml1(f"<NewsComponent>{TEXT.format(data)}</NewsComponent>")
    assert found["body"] == body


def test_captions_and_titles_of_newsml_1_are_not_articles_of_their_own():
    roles = "".join(
        f'<NewsComponent><Role FormalName="{role}"/>{TEXT.format(f"The {role}.")}</NewsComponent>'
        for role in ("Title", "Caption", "Main")
    )
    [found], rejects = newsml1(f"<NewsComponent>{roles}</NewsComponent>")
    assert (found["headline"], found["body"], rejects) == ("The Title.", "The Main.", [])


def test_each_text_of_a_newsml_1_item_has_the_headline_next_to_it():
    stories = "".join(
        f"<NewsComponent><NewsLines><HeadLine>{name}</HeadLine></NewsLines>"
        f"{TEXT.format(f'{name} text.')}</NewsComponent>"
        for name in ("One", "Two")
    )
    found, _ = newsml1(f"<NewsComponent>{stories}</NewsComponent>")
    assert [(one["headline"], one["body"]) for one in found] == [("One", "One text."), ("Two", "Two text.")]


def test_the_end_of_an_embargo_is_not_a_date_of_publication():
    end = "<StatusWillChange><DateAndTime>20190605T100000Z</DateAndTime></StatusWillChange>"
    management = f'<Status FormalName="Embargoed"/>{end}'
    [found], _ = newsml1(f"<NewsComponent>{TEXT.format('One.')}</NewsComponent>", management)
    assert (found["published"], found["embargo"], found["status"]) == (None, "20190605T100000Z", "embargoed")


def test_a_text_in_a_file_of_its_own_is_a_reason():
    text = G2.format(body="", kind="text", status="usable", meta="").replace(
        "<inlineXML></inlineXML>", '<remoteContent href="a"/>'
    )
    _, [reject] = read(text)
    assert "text is in a separate file" in reject.reason
