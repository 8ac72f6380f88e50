"""Make small files of every format for `bench/hostile.py`; they are costly to read or pretend to be another format.

FILES names the functions, each of which makes a file and has no parameters. A file that once broke something also has
a separate test.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pyarrow as pa

from bench.bombs import SAID, cell, parquet_of, pdf_of, sheet_of, word_of, zip_of

SIZE = 900_000  # characters of a page or a document
TEXT = 100_000  # characters of a text, which is also analysed
QUOTED = '"The mill was sold on Monday," Ada Roe said.'


def fill(piece: str, size: int = SIZE) -> bytes:
    """Repeat a piece up to `size` characters."""
    return (piece * (size // len(piece) + 1))[:size].encode()


def count_up(piece: str, size: int = SIZE) -> bytes:
    """Repeat a piece up to `size` characters, each time with the next number in it."""
    return "".join(piece.format(number) for number in range(size // len(piece.format(100_000)))).encode()


def names(size: int = SIZE) -> bytes:
    """Write `size` characters of sentences that name many different people and companies."""
    ends = [first + last for first in "bdfglmnprst" for last in ("ane", "ell", "ick", "oss", "und")]
    sentences = (
        f"{a.title()}a {b.title()}{c}, {d} of {b.title()}{d} Corp, said so. "
        for a in ends
        for b in ends
        for c in ends
        for d in ends[:3]
    )
    found, length = [], 0
    for one in sentences:
        found.append(one)
        length += len(one)
        if length > size:
            break
    return "".join(found)[:size].encode()


def page(body: str, head: str = "") -> bytes:
    """Return a web page with an article."""
    return f"<!doctype html><html><head><title>Mill</title>{head}</head><body>{body}</body></html>".encode()


def article(inner: str) -> bytes:
    """Return a web page with an article that has the markup `inner` before its text."""
    return page(f"<article>{inner}<p>{SAID}</p></article>")


def tags(piece: str, size: int = SIZE) -> bytes:
    """Return a web page whose article repeats a piece of markup."""
    return article(fill(piece, size - size % len(piece)).decode())


def feed(items: str) -> bytes:
    """Return a feed with these items."""
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Mill</title>{items}</channel></rss>'.encode()


def wide_feed() -> bytes:
    """Return a feed in UTF-16."""
    narrow = feed("<item><title>a</title></item>" * 9000).decode()
    return narrow.replace("?>", " encoding='utf-16'?>", 1).encode("utf-16")


def nitf(body: str, head: str = "") -> bytes:
    """Return a NITF document."""
    main = f"<body><body.content>{body}</body.content></body>"
    return f'<?xml version="1.0"?><nitf><head>{head}</head>{main}</nitf>'.encode()


def mail(header: str, body: str = SAID) -> bytes:
    """Return a message with an additional header."""
    return f"From: ada@mill.example\nSubject: Mill\nDate: Thu, 2 May 2024 10:00:00 +0000\n{header}\n\n{body}\n".encode()


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """Return a tar archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """Return the header of a member of a tar archive."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def links_in_tar() -> bytes:
    kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]
    odd = [(member(f"m{number}.txt", kind, "/etc/hostname"), b"") for number, kind in enumerate(kinds)]
    return tar_of(*odd, (member("good.txt"), SAID.encode()))


def lying_zip() -> bytes:
    """Return a ZIP archive whose member claims to unpack to nine bytes, but unpacks to ten million."""
    data = bytearray(zip_of({"a.txt": b"said so. " * 1_100_000}))
    place = data.index(b"PK\x01\x02")
    data[22:26] = data[place + 24 : place + 28] = struct.pack("<I", 9)
    return bytes(data)


def same_member(count: int = 20_000) -> bytes:
    """Return a ZIP archive whose directory has `count` entries, which all point to the same compressed bytes."""
    one = zip_of({"a.txt": SAID.encode() * 2000})
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    entry = one[start:end]
    tail = bytearray(one[end:])
    tail[8:12] = struct.pack("<HH", count & 0xFFFF, count & 0xFFFF)
    tail[12:16] = struct.pack("<I", len(entry) * count)
    return one[:start] + entry * count + bytes(tail)


def many_members() -> bytes:
    return zip_of({f"{number}.txt": b"" for number in range(20_000)})


def odd_names() -> bytes:
    hard = [
        "a\nb.txt",
        "a\tb.txt",
        "\x1b[2J.txt",
        "x" * 5000 + ".txt",
        "con",
        "a\\..\\b.txt",
        "\u202etxt.exe",
        " ",
        ".",
    ]
    return zip_of({name: f"{SAID} {number}".encode() for number, name in enumerate(hard)})


def zip_in_zip(levels: int = 4, copies: int = 12) -> bytes:
    """Return a ZIP archive with `copies` copies of a ZIP archive built in the same way, `levels` levels deep."""
    data = zip_of({"a.txt": SAID.encode()})
    for _ in range(levels - 1):
        data = zip_of({f"{number}.zip": data for number in range(copies)})
    return data


def quine_gzip() -> bytes:
    """Return a thousand concatenated gzip streams, each of which has a very long comment in its header."""
    one = b"\x1f\x8b\x08\x10" + bytes(6) + b"c" * 800 + b"\0" + gzip.compress(b"said ", mtime=0)[10:]
    return one * 1000


def book(kind: str = "application/epub+zip") -> bytes:
    """Return a ZIP archive with the type of an EPUB or OpenDocument file, but with other members."""
    body = f"<html xmlns='http://www.w3.org/1999/xhtml'><body><p>{SAID}</p></body></html>".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", body * 3000, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def deep_rtf() -> bytes:
    return b"{\\rtf1 " + b"{" * 200_000 + SAID.encode() + b"}" * 200_001


def arrow_of(rows: int) -> bytes:
    table = pa.table({"text": pa.array([SAID] * rows).dictionary_encode()})
    packed = io.BytesIO()
    with pa.ipc.new_file(packed, table.schema) as file:
        file.write_table(table)
    return packed.getvalue()


def json_of(value: object) -> bytes:
    return json.dumps(value).encode()


def linked_data(inner: str) -> bytes:
    return page(f"<article><p>{SAID}</p></article>", f'<script type="application/ld+json">{inner}</script>')


def warc_of(records: int, header: str = "") -> bytes:
    body = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}\r\n<p>{SAID}</p>"
    head = "WARC-Type: response\r\nWARC-Record-ID: <urn:uuid:a>\r\nWARC-Date: 2024-05-02T10:00:00Z\r\n"
    head += f"WARC-Target-URI: https://mill.example/\r\nContent-Type: application/http\r\nContent-Length: {len(body)}"
    one = f"WARC/1.0\r\n{head}\r\n\r\n{body}"
    return (one + "\r\n\r\n").encode() * records


def boundaries(kind: str) -> bytes:
    parts = f"--b\nContent-Type: {kind}\n\n{SAID}\n" * 20_000
    return mail('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"', f"{parts}--b--")


def web_archive() -> bytes:
    """Return a web page as browsers save it, with thousands of frames; each frame is a page in a separate MIME part."""
    part = f"--b\nContent-Type: text/html\nContent-Location: https://mill.example/\n\n<html><p>{SAID}</p></html>\n"
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="b"'
    return mail(head, part * 3000 + "--b--")


def pdf_text(said: str) -> bytes:
    return pdf_of(1, f"BT /F1 10 Tf {said} ET")


def pdf_loop() -> bytes:
    """Return a PDF document whose list of pages contains itself, twice."""
    return pdf_of(1, "BT ET").replace(b"/Kids [10000 0 R]", b"/Kids [2 0 R 2 0 R]")


def sheet_columns() -> bytes:
    def letters(number: int) -> str:
        found = ""
        while number:
            number, rest = divmod(number - 1, 26)
            found = chr(65 + rest) + found
        return found

    cells = b"".join(cell(f"{letters(number)}{{}}", "text") for number in range(1, 1500))
    return sheet_of(
        b"".join(
            b'<row r="%d">' % row + cells.replace(b"{}", b"%d" % row) + b"</row>" for row in range(1, 40)
        )
    )


def long_cell() -> bytes:
    first, second = cell("A1", "text"), cell("A2", "a " * 400_000)
    return sheet_of(b'<row r="1">' + first + b'</row><row r="2">' + second + b"</row>")


TEXTS: dict[str, Callable[[], bytes]] = {
    "one_word": lambda: b"a" * TEXT,
    "one_capital_word": lambda: b"A" * TEXT,
    "one_line": lambda: fill("the mill was sold and ", TEXT),
    "one_sentence_of_quotes": lambda: fill('"a" and ', TEXT),
    "quotation_marks": lambda: fill('"', TEXT),
    "curly_quotes_open": lambda: fill("\u201c", TEXT),
    "single_quotes": lambda: fill(" 'a b ", TEXT),
    "said": lambda: fill("said ", TEXT),
    "said_he": lambda: fill("he said she said ", TEXT),
    "said_that": lambda: fill("Roe said that ", TEXT),
    "according": lambda: fill("according to ", TEXT),
    "names": lambda: names(TEXT),
    "names_in_a_list": lambda: fill("Ada Roe, Bo Hale and Cy Vane, ", TEXT),
    "capitals": lambda: fill("THE MILL WAS SOLD, ADA ROE SAID. ", TEXT),
    "title_case": lambda: fill("The Mill Was Sold By The Board ", TEXT),
    "pronouns": lambda: fill("He said he told him that he knew. ", TEXT),
    "titles": lambda: fill("President Minister Director Chairman Ada ", TEXT),
    "roles": lambda: fill("Ada Roe, the chief deputy head of the board of the mill of the town of ", TEXT),
    "of_the": lambda: fill("the head of the board of ", TEXT),
    "countries": lambda: fill("Dutch French German Spanish officials told ", TEXT),
    "acronyms": lambda: fill("The Mill Board (TMB) said TMB. ", TEXT),
    "many_acronyms": lambda: count_up("Mill Board {0:x} (MB{0:X}) said so. ", TEXT),
    "brackets": lambda: fill("(a ", TEXT),
    "nested_quotes": lambda: fill('"He said \u2018she said "they said ', TEXT),
    "quote_each": lambda: fill(QUOTED + "\n\n", TEXT),
    "open_paragraphs": lambda: fill('"The mill was sold on Monday.\n\n', TEXT),
    "initials": lambda: fill("A. B. C. ", TEXT),
    "abbreviations": lambda: fill("Mr. Dr. St. Inc. No. ", TEXT),
    "numbers": lambda: fill("1,234,567.89 ", TEXT),
    "dots": lambda: fill(". ", TEXT),
    "ellipses": lambda: fill("\u2026 ", TEXT),
    "one_character_lines": lambda: fill("a\n", TEXT),
    "short_lines": lambda: fill("Ada:\n", TEXT),
    "speakers": lambda: fill("ADA ROE: The mill was sold.\n", TEXT),
    "questions": lambda: fill("Q: Why?\nA: So.\n", TEXT),
    "dateline": lambda: fill("HAVENPORT, May 2 (Tidings) - ", TEXT) + SAID.encode(),
    "dateline_commas": lambda: fill("HAVEN, PORT, ", TEXT),
    "header_lines": lambda: fill("Title: Mill\n", TEXT) + b"\n" + SAID.encode(),
    "header_value": lambda: b"Title: " + fill("Mill, ", TEXT) + b"\n\n" + SAID.encode(),
    "bylines": lambda: fill("By Ada Roe and ", TEXT),
    "by_comma": lambda: b"By " + fill("Ada Roe, ", TEXT) + b"\n\n" + SAID.encode(),
    "dates": lambda: fill("2024-05-02 ", TEXT),
    "addresses": lambda: fill("https://mill.example/a?b=c ", TEXT),
    "mail_addresses": lambda: fill("ada@mill.example ", TEXT),
    "long_address": lambda: b"https://" + fill("a.", TEXT),
    "hyphens": lambda: fill("a-", TEXT),
    "apostrophes": lambda: fill("a's ", TEXT),
    "combining": lambda: fill("a\u0301\u0302\u0303", TEXT),
    "right_to_left": lambda: fill("\u202ea\u202c ", TEXT),
    "zero_width": lambda: fill("a\u200b", TEXT),
    "wide_blanks": lambda: fill("a\u3000", TEXT),
    "line_separators": lambda: fill("a\u2028", TEXT),
    "emoji": lambda: fill("\U0001f600", TEXT),
    "utf16": lambda: fill(SAID + " ", TEXT).decode().encode("utf-16"),
    "utf16_odd": lambda: b"\xff\xfe" + b"\xd8\x00" * 200_000 + b"a",
    "utf32": lambda: fill(SAID + " ", TEXT).decode().encode("utf-32"),
    "markdown_stars": lambda: b"# Mill\n\n" + fill("**a ", TEXT),
    "markdown_links": lambda: b"# Mill\n\n" + fill("[a](", TEXT),
    "markdown_images": lambda: b"# Mill\n\n" + fill("![a", TEXT),
    "markdown_table": lambda: b"# Mill\n\n" + fill("|a|b|\n|-|-|\n", TEXT),
    "markdown_ticks": lambda: b"# Mill\n\n" + fill("`a``b```", TEXT),
    "markdown_quotes": lambda: b"# Mill\n\n" + fill(">", TEXT),
    "markdown_lists": lambda: b"# Mill\n\n" + fill("- a\n  - b\n    - c\n", TEXT),
    "front_matter": lambda: b"---\n" + fill("a: b\n", TEXT) + b"---\n" + SAID.encode(),
    "nexis": lambda: fill(f"Mill\n\nMay 2, 2024\n\nBody\n\n{SAID}\n\nEnd of Document\n\n", TEXT),
}
PAGES: dict[str, Callable[[], bytes]] = {
    "breaks": lambda: tags("a<br>"),
    "breaks_twice": lambda: tags("a<br><br>"),
    "breaks_said": lambda: tags("Ada Roe said so.<br>"),
    "rules": lambda: tags("a<hr>"),
    "items": lambda: article(f"<ul>{'<li>a' * 150_000}</ul>"),
    "paragraphs": lambda: tags("<p>a"),
    "headings": lambda: tags("<h2>a</h2>"),
    "captions": lambda: tags("<figure><figcaption>a</figcaption></figure>"),
    "links": lambda: tags('<a href="/a">a</a>'),
    "bold": lambda: tags("<b>a</b> "),
    "unclosed": lambda: tags("<b>a<i>b", 100_000),
    "misnested": lambda: tags("<p><b></p></b>", 100_000),
    "tables": lambda: tags("<table><tr><td>a", 100_000),
    "rows": lambda: article(f"<table>{'<tr><td>a<td>b' * 60_000}</table>"),
    "forms": lambda: tags("<form>a", 200_000),
    "options": lambda: article(f"<select>{'<option>a' * 90_000}</select>"),
    "templates": lambda: tags("<template>a", 100_000),
    "svg": lambda: tags("<svg><path/></svg>"),
    "maths": lambda: tags("<math><mi>x</mi></math>"),
    "comments": lambda: tags("<!-- a -->"),
    "open_comment": lambda: article("<!--" + "-" * SIZE),
    "cdata": lambda: tags("<![CDATA[a]]>"),
    "entities": lambda: tags("&amp;&#x41;&copy;"),
    "bad_entities": lambda: tags("&ampamp&#xffffffff;"),
    "one_attribute": lambda: article(f'<p title="{"a " * (SIZE // 2)}">a</p>'),
    "classes": lambda: article(f'<div class="{"byline author " * 50_000}">a</div>'),
    "bylines_page": lambda: tags('<span class="byline">By Ada Roe</span>'),
    "times": lambda: tags('<time datetime="2024-05-02">May 2</time>'),
    "metas": lambda: page(f"<p>{SAID}</p>", fill('<meta name="author" content="Ada">').decode()),
    "titles_page": lambda: page(f"<p>{SAID}</p>", "<title>a</title>" * 50_000),
    "articles_page": lambda: page(f"<article><p>{SAID}</p></article>" * 10_000),
    "sections": lambda: page(f"<section><p>{SAID}</p></section>" * 10_000),
    "divs_side_by_side": lambda: page(f"<div>{SAID}</div>" * 12_000),
    "json_ld_deep": lambda: linked_data('{"a":' * 50_000),
    "json_ld_graph": lambda: linked_data(
        json.dumps({"@graph": [{"@type": "NewsArticle", "headline": "a"}] * 8000})
    ),
    "json_ld_html": lambda: linked_data(
        json.dumps({"@type": "NewsArticle", "articleBody": "<p>a</p>" * 50_000})
    ),
    "scripts": lambda: page(f"<p>{SAID}</p>", "<script>{</script>" * 40_000),
}
DATA: dict[str, Callable[[], bytes]] = {
    "json_articles": lambda: json_of([{"title": "t", "text": f"x {number}"} for number in range(30_000)]),
    "json_said": lambda: json_of([{"text": f"Ada Roe said {number}."} for number in range(30_000)]),
    "json_lines": lambda: b"".join(b'{"text": "x %d"}\n' % number for number in range(50_000)),
    "json_same": lambda: json_of([{"text": SAID}] * 20_000),
    "json_wide": lambda: json_of([{f"k{number}": number for number in range(60_000)} | {"text": SAID}]),
    "json_paragraphs": lambda: json_of([{"text": ["a"] * 200_000}]),
    "json_authors": lambda: json_of([{"text": SAID, "author": ["Ada Roe"] * 80_000}]),
    "json_duplicate_keys": lambda: b'{"text": "' + SAID.encode() + b'"' + b', "text": "a"' * 60_000 + b"}",
    "json_escapes": lambda: b'{"text": "' + b"\\u0041" * 150_000 + b'"}',
    "json_halves": lambda: b'{"text": "' + b"\\ud83d" * 100_000 + b' said."}',
    "json_nan": lambda: b'{"text": "a", "date": NaN, "x": [' + b"Infinity," * 90_000 + b"1]}",
    "json_exponent": lambda: b'{"text": "The mill, he said.", "date": 1e' + b"9" * 5000 + b"}",
    "json_blank": lambda: b'{"text":' + b" " * SIZE + b'"a"}',
    "ninjs": lambda: json_of({"uri": "a", "type": "text", "body_html": "<p>a<br>" * 80_000}),
    "ninjs_subjects": lambda: json_of(
        {"uri": "a", "type": "text", "body_text": SAID, "subject": [{"name": "a"}] * 40_000}
    ),
    "csv_rows": lambda: b"text\n" + b"".join(b"x %d\n" % number for number in range(50_000)),
    "csv_empty": lambda: b"text,title\n" + b",\n" * 400_000,
    "csv_quotes": lambda: b"text\n" + b'"' * SIZE,
    "csv_delimiters": lambda: b"text;a\n" + b";" * SIZE,
    "csv_one_line": lambda: b"text," + b"a," * (SIZE // 2),
    "tsv": lambda: b"text\ttitle\n" + b"\t" * SIZE,
    "feed_items": lambda: feed(f"<item><title>a</title><description>{SAID}</description></item>" * 9000),
    "feed_deep": lambda: feed("<item>" * 90_000),
    "feed_markup": lambda: feed(f"<item><title>a</title><description>{'&lt;b&gt;' * 90_000}</description></item>"),
    "feed_attributes": lambda: feed("<item " + " ".join(f'a{n}="1"' for n in range(60_000)) + "/>"),
    "feed_namespaces": lambda: feed("".join(f'<a{n}:b xmlns:a{n}="u{n}"/>' for n in range(25_000))),
    "atom_links": lambda: b"<feed xmlns='http://www.w3.org/2005/Atom'><entry>" + b"<link href='a'/>" * 50_000
    + b"<content>The mill, he said.</content></entry></feed>",
    "nitf_paragraphs": lambda: nitf("<p>a</p>" * 100_000),
    "nitf_breaks": lambda: nitf("<p>" + "a<br/>" * 150_000 + "</p>"),
    "nitf_deep": lambda: nitf("<block>" * 60_000),
    "nitf_metas": lambda: nitf(f"<p>{SAID}</p>", '<meta name="a" content="b"/>' * 30_000),
    "newsml": lambda: b"<newsMessage xmlns='http://iptc.org/std/nar/2006-10-01/'><itemSet>"
    + b"<newsItem guid='a'/>" * 40_000 + b"</itemSet></newsMessage>",
    "quadratic_entities": lambda: b"<!DOCTYPE rss [<!ENTITY a '" + b"a" * 50_000 + b"'>]><rss>"
    + b"&a;" * 50_000 + b"</rss>",
    "parameter_entities": lambda: b"<!DOCTYPE rss [<!ENTITY % a 'b'>%a;]><rss><channel/></rss>",
    "xml_utf16": wide_feed,
    "xml_long_name": lambda: feed(f"<{'a' * 400_000}/>"),
    "mail_received": lambda: mail("\n".join(["Received: from a by b; Thu, 2 May 2024 10:00:00 +0000"] * 12_000)),
    "mail_words": lambda: mail("X-A: " + "=?utf-8?q?a?= " * 60_000),
    "mail_subject": lambda: mail("Subject: " + "=?utf-8?b?" + "YWFh" * 100_000 + "?="),
    "mail_addresses": lambda: mail("To: " + "ada@mill.example, " * 50_000),
    "mail_group": lambda: mail("To: " + "(" * 100_000),
    "mail_parts": lambda: boundaries("text/plain"),
    "mail_messages": lambda: boundaries("message/rfc822"),
    "mail_quoted": lambda: mail("Content-Transfer-Encoding: quoted-printable", "=\n" * 400_000 + SAID),
    "mail_quotes": lambda: mail("A: b", "> " * 450_000 + SAID),
    "mail_reply_lines": lambda: mail("A: b", "On May 2, Ada Roe wrote:\n> a\n" * 30_000),
    "mbox": lambda: (b"From ada Thu May  2 10:00:00 2024\n" + mail("A: b") + b"\n") * 5000,
    "mhtml": web_archive,
    "warc": lambda: warc_of(5000),
    "warc_headers": lambda: warc_of(1, "X: y\r\n" * 150_000),
}  # fmt: skip
PACKED: dict[str, Callable[[], bytes]] = {
    "tar_links": links_in_tar,
    "tar_names": lambda: tar_of(*((member(f"{'d/' * 40}{number}.txt"), SAID.encode()) for number in range(3000))),
    "tar_outside": lambda: tar_of((member("/etc/mill.txt"), SAID.encode()), (member("../mill.txt"), SAID.encode())),
    "zip_lies": lying_zip,
    "zip_same_member": same_member,
    "zip_many_members": many_members,
    "zip_names": odd_names,
    "zip_in_zip": zip_in_zip,
    "zip_of_pages": lambda: zip_of({f"{number}.html": tags("a<br>", 200_000) for number in range(12)}),
    "gzip_streams": quine_gzip,
    "gzip_of_bzip2_of_xz": lambda: gzip.compress(bz2.compress(lzma.compress(fill(SAID + " ")))),
    "xz_zeros": lambda: lzma.compress(bytes(60_000_000), preset=0),
    "bzip2_zeros": lambda: bz2.compress(bytes(60_000_000)),
    "epub": book,
    "odt": lambda: book("application/vnd.oasis.opendocument.text"),
    "ods": lambda: book("application/vnd.oasis.opendocument.spreadsheet"),
    "rtf": deep_rtf,
    "arrow": lambda: arrow_of(2_000_000),
    "parquet_articles": lambda: parquet_of(pa.table({"text": [f"x {number}" for number in range(30_000)]})),
    "parquet_null": lambda: parquet_of(pa.table({"text": pa.nulls(5_000_000, pa.string())})),
    "parquet_list": lambda: parquet_of(pa.table({"text": [SAID], "x": [[["a"] * 500_000]]})),
    "parquet_columns": lambda: parquet_of(pa.table({f"c{number}": ["a"] for number in range(5000)})),
    "xlsx_columns": sheet_columns,
    "xlsx_long_cell": long_cell,
    "docx_runs": lambda: word_of("<w:p>" + "<w:r><w:t>a</w:t></w:r>" * 200_000 + "</w:p>"),
    "docx_breaks": lambda: word_of("<w:p><w:r><w:t>a</w:t>" + "<w:br/>" * 200_000 + "</w:r></w:p>"),
    "docx_paragraphs": lambda: word_of("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 60_000),
    "docx_deep": lambda: word_of("<w:sdt><w:sdtContent>" * 3000 + "<w:p/>" + "</w:sdtContent></w:sdt>" * 3000),
    "pdf_loop": pdf_loop,
    "pdf_words": lambda: pdf_text("(a) Tj " * 60_000),
    "pdf_moves": lambda: pdf_text("(a) Tj 1 0 Td " * 40_000),
    "pdf_states": lambda: pdf_text("q " * 200_000),
    "pdf_brackets": lambda: pdf_text("[" * 100_000),
    "pdf_lines": lambda: pdf_of(1, "0 0 m 9 9 l S " * 100_000),
}  # fmt: skip
FILES: dict[str, Callable[[], bytes]] = {
    **{f"text_{name}": make for name, make in TEXTS.items()},
    **{f"page_{name}": make for name, make in PAGES.items()},
    **DATA,
    **PACKED,
}
