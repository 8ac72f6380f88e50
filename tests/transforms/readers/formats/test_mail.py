"""Mail and mailboxes as programs and people save them."""

import base64
import binascii
import json
import time
from datetime import date

import pytest

from transforms.articles.articles import add_timestamps
from transforms.readers import read_records

SAID = "The gate holds, said Ines Orr."


def read(message):
    reading = read_records(message if isinstance(message, bytes) else message.encode(), "a.eml")
    return reading.format, add_timestamps(reading.records).rows(named=True), reading.rejects


def mail(text=SAID, **headers):
    lines = {"Message-ID": "<1@post.example>", "From": "Harbour Post <desk@post.example>"} | headers
    return "\n".join(f"{name.replace('_', '-')}: {value}" for name, value in lines.items()) + f"\n\n{text}\n"


@pytest.mark.parametrize("above", ["", "\n", "\r\n\r\n", " " * 255 + "\n", "\ufeff", "\ufeff\n  \n"])
def test_what_a_page_leaves_above_the_headers_is_passed_over(above):
    kind, (article,), _ = read(above + mail(Subject="Gate"))
    assert (kind, article["headline"], article["body"]) == ("eml", "Gate", SAID)


def test_the_original_of_a_message_is_read_by_its_parts():
    encoded = base64.b64encode(f"<p>{SAID}</p>".encode()).decode()
    text = (
        "--cut\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nThe gate=\n"
        f"\n--cut\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{encoded}\n\n--cut--"
    )
    message = mail(
        text, Subject="Gate", MIME_Version="1.0", Content_Type='multipart/alternative; boundary="cut"'
    )
    _, (article,), _ = read(" " * 80 + "\n" + message)
    assert article["body"] == SAID


def test_letters_without_the_traces_of_a_server_are_mail():
    text = f"From: Ines Orr\nSent: Monday, June 3, 2019 10:00 AM\nTo: The desk\nSubject: Gate\n\n{SAID}\n"
    assert read(text)[0] == "eml"


def test_headers_without_a_text_are_not_prose():
    text = "Delivered-To: me@home.example\nReceived: by 10.0.0.1; Fri, 3 May 2024\nSubject: Gate\nX-Empty:\n"
    kind, articles, (reject,) = read(text)
    assert (kind, articles, reject.reason_code) == ("eml", [], "no_body")


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("=?utf-8?q?Caf=C3=A9_opens?=", "Café opens"),
        ("=?windows-1252?Q?It=92s_open?=", "It’s open"),
        ("=?x-unknown?q?Caf=C3=A9?=", "Café"),
        ("=?windows-1252?Q?It\u2019s_open?=", "It’s open"),
        ("=?utf-8?b?Q2Fmw6k?= =?utf-8?b?IG9wZW5z?=", "Café opens"),
        ("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?=", "Café"),
        ("RE: =?utf-8?q?Caf=C3=A9?= open", "RE: Café open"),
        ("Café opens", "Café opens"),
        ("=?utf-8?b?!!!?=", "=?utf-8?b?!!!?="),
        ("=?idna?q?caf=e9?=", "café"),
    ],
)
def test_subjects_are_read_in_the_letters_they_are_in(written, subject):
    assert read(mail(Subject=written))[1][0]["headline"] == subject


def test_a_text_that_is_not_in_the_charset_it_names_is_read_in_its_own():
    message = mail("The café holds.", Subject="x", Content_Type="text/plain; charset=us-ascii")
    assert read(message)[1][0]["body"] == "The café holds."
    odd = mail("The café holds.", Subject="x", Content_Type="text/plain; charset=idna")
    assert read(odd)[1][0]["body"] == "The café holds."


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Mon, 03 Jun 19 14:05:00 GMT", date(2019, 6, 3)),
        ("3 Jun 99 14:05:00 +0200", date(1999, 6, 3)),
        ("Mon, 3 Jun 2019 14:05:00 +0200 (CEST)", date(2019, 6, 3)),
        ("Mon, 3 Jun 2019 14:05:00 EST5EDT", date(2019, 6, 3)),
    ],
)
def test_the_day_of_a_message(written, day):
    assert read(mail(Date=written))[1][0]["published_on"] == day


def test_words_hidden_in_a_newsletter_are_not_in_its_text():
    page = (
        "<html><body><div style='display:none;max-height:0'>All the news in one line</div>"
        f"<table><tr><td style='font-size:0.9em'><p>{SAID}</p></td></tr></table></body></html>"
    )
    assert read(mail(page, Subject="x", Content_Type="text/html"))[1][0]["body"] == SAID


def test_an_article_sent_as_an_object_is_read_as_one():
    form = json.dumps({"Headline": ["Gate"], "Body": [SAID], "Slug": ["x"]}).replace("x", "x\n")
    _, (article,), _ = read(mail(form, Subject="Form", Date="Mon, 3 Jun 2019 14:05:00 +0200"))
    assert (article["headline"], article["body"], str(article["published_on"])) == (
        "Gate",
        SAID,
        "2019-06-03",
    )


# --- Mailboxes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "separator",
    [
        "From desk@post.example Mon Jun  3 14:05:00 2019",
        "From desk@post.example Mon Jun  3 14:05:00 +0200 2019",
        "From - Mon Jun 03 14:05:00 2019",
        "From Ines Orr Mon Jun  3 14:05:00 2019",
        "From Mon Jun  3 14:05:00 2019",
        "From ines at post.example  Mon Jun  3 14:05:00 2019",
    ],
)
def test_a_line_with_a_date_divides_messages(separator):
    one, two = mail(Subject="One"), mail(Subject="Two")
    kind, articles, _ = read(f"{separator}\n{one}\n{separator}\n{two}")
    assert (kind, [article["headline"] for article in articles]) == ("mbox", ["One", "Two"])


@pytest.mark.parametrize(
    "line",
    [
        "From London it takes two days, as it did in 2019",
        "From Monday on the gate opens at 10:30, as in June 2019",
        "From desk@post.example Mon Jun  3 14:05:00 2019",  # quoted, with no headers below
        ">From the gate to the mill",
    ],
)
def test_other_lines_that_begin_with_from_are_text(line):
    text = f"{SAID}\n\n{line}\nThe mill stands, she said."
    _, articles, _ = read(f"From a@b.example Mon Jun  3 14:05:00 2019\n{mail(text, Subject='One')}")
    (article,) = articles
    assert article["body"].splitlines()[2:] == [line.lstrip(">"), "The mill stands, she said."]


def test_a_refused_message_does_not_affect_the_others():
    nested = mail("boundary=\n" * 200, Subject="Two")
    box = "".join(
        f"From a@b.example Mon Jun  3 14:05:00 2019\n{message}\n"
        for message in (mail(Subject="One"), nested, mail(Subject="Three"))
    )
    _, articles, rejects = read(box)
    assert [article["headline"] for article in articles] == ["One", "Three"]
    assert [(reject.record_no, reject.reason_code) for reject in rejects] == [(2, "too_many_members")]


def test_headers_without_end_do_not_take_minutes():
    message = mail(Subject="One", Content_Type="text/plain; a=" + ";" * 200_000)
    assert read(message)[1][0]["headline"] == "One"


def test_a_letter_with_deep_markup_is_rejected_as_nested_too_deep():
    page = "Content-Type: text/html\n\n" + "<div>" * 5000 + "The weir holds, he said."
    reading = read_records(f"From: a@b.example\nSubject: Weir\nMIME-Version: 1.0\n{page}".encode(), "a")
    assert [one.reason_code for one in reading.rejects] == ["nested_too_deep"]


def test_a_slow_charset_is_not_used():
    """Python decodes punycode in quadratic time."""
    started = time.process_time()
    head = (
        "From: a@b.example\nSubject: Weir\nMIME-Version: 1.0\nContent-Type: text/plain; charset=punycode\n\n"
    )
    read_records((head + "a" * 200_000 + "-" + "b" * 100_000).encode(), "a")
    assert time.process_time() - started < 1.5


def uuencoded(data, name="gate.jpg"):
    lines = (binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45))
    return f"begin 644 {name}\n{''.join(lines)} \nend\n"


NOISE = bytes(range(7, 256, 11)) * 40


def test_a_uuencoded_text_is_decoded_and_one_that_is_no_text_is_rejected():
    said = uuencoded(SAID.encode(), "text")
    _, (article,), _ = read(mail(said, Content_Transfer_Encoding="x-uuencode"))
    assert article["body"] == SAID
    for data in (NOISE, b"\xb6\xdbm" * 15):  # the second is Korean, if one wants it to be
        _, articles, (reject,) = read(mail(uuencoded(data), Content_Transfer_Encoding="x-uuencode"))
        assert (articles, reject.reason_code) == ([], "undecodable")


def test_a_text_of_random_bytes_is_rejected():
    data = base64.encodebytes(NOISE).decode()
    _, articles, (reject,) = read(mail(data, Content_Transfer_Encoding="base64", Content_Type="text/plain"))
    assert (articles, reject.reason_code) == ([], "undecodable")


def test_files_that_old_mail_programs_put_into_the_text_are_left_out():
    text = f"begin 644 of the story, he wrote\n{SAID}\n{uuencoded(NOISE)}The end\nend\n"
    _, (article,), _ = read(mail(text))
    assert article["body"] == f"begin 644 of the story, he wrote\n{SAID}\nThe end\nend"
    start = time.process_time()
    read(mail("begin 644 x\n" * 80_000))
    assert time.process_time() - start < 10


def test_japanese_mail_needs_no_charset():
    said = "知事は堰を残すと述べた。「守る」"
    _, (article,), _ = read(mail().encode().replace(SAID.encode(), said.encode("iso2022_jp")))
    assert article["body"] == said
