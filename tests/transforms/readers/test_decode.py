"""Decode news text in all common encodings, and refuse bytes that are not text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.readers.decode import decode, find_markup
from transforms.readers.limits import Refused

ENGLISH = (
    "The minister said: “We don’t know yet — ask again in May.” He had met Zoë Müller in São Paulo, at the "
    "Café Élysée, where a cup costs £4… The commission’s “red line” was never drawn, she replied.\r\n"
)
LATIN_1 = "Der Minister sagte, die Gespräche würden fortgeführt. À Genève, on a parlé d’été.\n".replace(
    "’", "'"
)
RUSSIAN = (
    "Министр заявил журналистам, что переговоры будут продолжены в понедельник. «Мы готовы», сказал он.\n"
)
JAPANESE = "外相は記者会見で、協議を続けると述べた。政府は「慎重に対応する」としている。\n"
CHINESE = "外交部发言人表示，双方将继续谈判。他说：“我们希望有关各方保持克制。”\n"
POLISH = "Minister powiedział, że rozmowy będą trwać. Świat słyszał już ważne słowa: „Żadnych złudzeń”.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text", [ENGLISH, RUSSIAN, JAPANESE, "Yī: 一\n" + ENGLISH, "A 👩🏽‍🚀 said e\u0301te\u0301\r\n"]
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_unicode_is_read_with_and_without_its_mark_which_is_not_part_of_the_text(encoding, text, mark):
    decoded = decode((mark + text).encode(encoding))
    assert (decoded.text, decoded.encoding) == (text, encoding)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", ENGLISH),
        ("cp1252", ENGLISH * 30),
        ("latin-1", LATIN_1),
        ("cp1252", "Naïve, he said."),
        ("cp1252", "Elle s’est dite « créée pour ça », 25 km² en plein cœur de l’été."),
        ("mac-roman", ENGLISH),
        ("cp1252", ENGLISH + "A slip of the keys: ye¬s, she said. "),
        ("cp1251", RUSSIAN),
        ("koi8-r", RUSSIAN.replace("«", '"').replace("»", '"')),
        ("shift_jis", JAPANESE),
        ("shift_jis", "x" + JAPANESE * 5000),
        ("euc_jp", JAPANESE * 3),
        ("gb18030", CHINESE),
        ("cp1250", POLISH * 2),
    ],
)
def test_legacy_encodings_are_detected_from_the_text(encoding, text):
    assert decode(text.encode(encoding)).text == text


PARTS = {
    "utf-7": "The weir stays, said Zoë Håle: “We keep it – all of it.”",
    "iso2022_jp_2": "知事は堰を残すと述べた。「守る」",
    "iso2022_kr": "시장은 둑을 유지한다고 말했다.",
    "hz": "市长表示，堤坝将保留。",
}


@pytest.mark.parametrize(("encoding", "text"), PARTS.items())
def test_encodings_that_write_all_characters_in_ascii_are_recognised(encoding, text):
    data = f"{text}\n{text}\n".encode(encoding)
    assert data.isascii()
    assert decode(data).text == f"{text}\n{text}\n"


@pytest.mark.parametrize(
    "text",
    ["She reads TV+ and Disney+ news, aged 60+.", "1+1=2 and 2+2=4 and 3+3=6", "q=one+two+two+six", "~{ a ~} b", "a+-b",
     "+IBw- and +IBw-", "data:image/png;base64,iVBOR+w0KGgo+AAAANSUhEUg+AAAAUA"],
)  # fmt: skip
def test_ordinary_ascii_is_not_decoded_again(text):
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("ends", ["one\r\ntwo\r\n", "one\rtwo\r", "one\ntwo\n\n", "one\u2028two\x85"])
def test_line_ends_stay_as_they_are(ends):
    assert decode(ends.encode()).text == ends


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "PNG"),
        (b"\xff\xd8\xff\xe0 JFIF", "JPEG"),
        (b"%PDF-1.7\n%text", "PDF"),
        (b"PK\x03\x04 word/document.xml", "zip"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x7fELF\x02\x01", "ELF"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"\0" * 8 + b"DUCK", "DuckDB"),
        (b"{\\rtf1\\ansi Hello}", "RTF"),
        (b"a\0b\0\0c said something", "NUL"),
        (b"\0" * 100, "NUL"),
        (b"\x01\x02\x03\x04\x05 \x06 \x07 text", "control codes"),
        (bytes(range(256)) * 4, "NUL"),
        (bytes(1000), "all its bytes are NUL"),
    ],
)
def test_binary_bytes_are_refused_by_what_they_look_like(data, what):
    with pytest.raises(Refused, match=what) as refused:
        decode(data)
    assert refused.value.reason_code == "binary_file"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("Café Élysée – “Non”".encode() + b"\xe2\x80", "damaged"),
        ("It’s “fine” — he said".encode() + b" \xff " + "she’d say".encode(), "UTF-8: byte 0xff at 30"),
        (b"half \xed\xa0\x80 a pair", "surrogate pair at byte 5"),
        (b"\xff\xfeh\x00\x00\xd8", "utf-16-le, but is not valid utf-16-le"),
        (b"\xef\xbb\xbfcaf\xe9", "utf-8, but is not valid utf-8 at byte 3"),
    ],
)
def test_damaged_text_is_refused_rather_than_repaired(data, why):
    with pytest.raises(Refused, match=why) as refused:
        decode(data)
    assert refused.value.reason_code == "undecodable"


def test_a_few_transmission_codes_of_old_wires_are_tolerated():
    text = "\x01AB1234\r\n\x02" + "The council met on Monday and agreed on a budget. " * 4 + "\x03\x1a"
    assert decode(text.encode()).text == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1))
@example("ÿ")
@example("II*")
def test_any_utf8_text_comes_back_as_it_was(text):
    try:
        assert decode(text.encode()).text in (text, text.removeprefix("\ufeff"))
    except Refused as refused:
        assert refused.reason_code == "binary_file"  # a text that opens with a magic number, "BZh"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<!DOCTYPE html>\n<p>Hi", "an HTML page"),
        ("\n<html lang=en>", "an HTML page"),
        ('<?xml version="1.0"?><a/>', "an XML or SGML document"),
        ("begin 644 gate.jpg\nM     #(4\n", "a uuencoded file"),
        ('{"title": "x"}', "JSON"),
        ('{"a": 1}\n{"a": 2}\n', "JSON"),
        ("[UPDATE] Talks resume", None),
        ("<applause> Thank you", None),
        ("Talks resume", None),
        ("<!-- " * 50 + "x", "an XML or SGML document"),
        ("<?a?>\n<?a?>\n<b/>", "an XML or SGML document"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nNo.", "subtitles"),
        ("1\n00:00:01,000 --> 00:00:02,000\nNo.", "subtitles"),
        ("TY  - NEWS\nT1  - Weir holds\n", "a list of references (RIS or BibTeX)"),
        ("@article{orr2019,\n title={Weir}", "a list of references (RIS or BibTeX)"),
        ("-- dump\nCREATE TABLE articles (id int);", "an SQL script"),
        ('window.__DATA__ = {"title": 1}', "JavaScript"),
        ('callback({"title": 1})', "JavaScript"),
        ("#!/bin/sh\necho", "a script"),
        ("Let them in, she said = no.", None),
        ("Insert into the lock a key, she said.", None),
        ("Create table after table, he said.", None),
        ("1\n\nThe weir holds, she said.", None),
        ("@ines orr said so.", None),
    ],
)
def test_markup_is_recognised(text, what):
    assert find_markup(text) == what


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
@pytest.mark.parametrize("end", ["", " "], ids=["even", "odd"])
def test_a_byte_order_mark_of_utf_16_before_utf_8_is_not_believed(mark, end):
    with pytest.raises(Refused) as refused:
        decode(mark + ("The weir holds, its keeper said." + end).encode())
    assert refused.value.reason_code in ("undecodable", "binary_file")


@pytest.mark.parametrize("before", ["The weir", "The weirs"])
def test_one_nul_does_not_make_a_text_utf_16(before):
    with pytest.raises(Refused) as refused:
        decode(before.encode() + b"\0 holds, its keeper said. ")
    assert refused.value.reason_code == "binary_file"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("\ufeff{\\rtf1 The weir holds.}", "an RTF document"),
        ("{'title': 'Weir', 'text': 'The weir holds.'}", "an object of a program, not JSON"),
        ("{title: 'Weir', text: 'The weir holds.'}", "an object of a program, not JSON"),
        ('\x1e{"text": "The weir holds."}\n\x1e{"text": "It does."}', "JSON"),
        ("{Weir: the keeper says that it holds.}", None),
    ],
)
def test_objects_of_programs_are_not_prose(text, kind):
    assert find_markup(text) == kind
