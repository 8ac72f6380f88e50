"""Files of each format with contradictory, repeated and missing fields break no critical rule.

A file may state a fact in two places: the headline in a field and in the first line of the text, the day in a header
and in the dateline. These values are drawn at random; every file goes through its reader and all steps up to the gate.
"""

from __future__ import annotations

import csv
import io
import json
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from xml.sax.saxutils import escape as escape_xml

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.rulebook import open_rulebook
from flows.compute.analysis import find_tables
from flows.run.across_articles import resolve_all
from flows.run.ledger import HANDLED, build_contents, build_files, run_row
from flows.run.tasks import LEFT_OUT
from transforms.articles.articles import build_articles, link_records
from transforms.articles.sanity import split_records
from transforms.frames import RECORDS
from transforms.readers import read_records
from warehouse.staging.next_version import open_next

RUN = "20240503T080000-aaaa"
HEADLINES = [
    "Marsk closes the Ellby bridge", "MARSK CLOSES THE ELLBY BRIDGE", "Marsk  closes the\u00a0Ellby bridge",
    "Ellby bridge: now what?", "Marsk closes the Ellby bridge | The Reed", "“It is shut,” says Marsk",
]  # fmt: skip
BYLINES = ["Ida Brook", "By Ida Brook", "Ida Brook and Tom Hale", "IDA BROOK", "Staff", "ida@reed.example"]
DAYS = [
    "2024-05-02",
    "2024-05-03T06:00:00Z",
    "May 2, 2024",
    "2 May 2024",
    "31 February 2024",
    "03/04/2024",
    "soon",
]
DATELINES = ["ELLBY (River News) - ", "ELLBY, May 2 (River News) — ", "ELLBY, Norvia (RN) -- ", "ELLBY — "]
LANGUAGES = ["en", "EN-GB", "English", "de", "xx"]
OUTLETS = ["The Reed", "https://reed.example/", "THE REED"]
SAID = (
    "Helena Marsk, the transport minister, said on Thursday that the bridge would be closed for a year. “It is not "
    "safe, and nobody will cross it,” she told reporters. A ministry official said that the cost was not known."
)


def maybe(values: list[str]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


FIELDS = st.fixed_dictionaries(
    {"headline": maybe(HEADLINES), "byline": maybe(BYLINES), "day": maybe(DAYS), "language": maybe(LANGUAGES),
     "outlet": maybe(OUTLETS)}
)  # fmt: skip
TEXTS = st.builds(
    lambda headline, byline, day, dateline, blank: join_text(headline, byline, day, dateline, blank),
    maybe(HEADLINES), maybe(["By Ida Brook", "By TOM HALE"]), maybe(["May 1, 2024", "2024-05-01"]), maybe(DATELINES),
    st.sampled_from(["\n\n", "\n", "\r\n\r\n"]),
)  # fmt: skip


def join_text(headline, byline, day, dateline, blank) -> str:
    return blank.join(
        filter(None, [headline, byline, day, (dateline or "") + SAID, "The bridge was built in 1931."])
    )


def in_html(fields, text: str) -> bytes:
    meta = {"og:title": fields["headline"], "author": fields["byline"], "og:site_name": fields["outlet"],
            "article:published_time": fields["day"]}  # fmt: skip
    head = "".join(
        f'<meta property="{name}" content="{escape(value)}">' for name, value in meta.items() if value
    )
    body = "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n"))
    lang = f' lang="{fields["language"]}"' if fields["language"] else ""
    title = escape(fields["headline"] or "The Reed")
    head = f"<head><title>{title}</title>{head}</head>"
    return f"<html{lang}>{head}<body><article>{body}</article></body></html>".encode()


def as_record(fields, text: str) -> dict[str, str]:
    named = {"title": fields["headline"], "author": fields["byline"], "date": fields["day"],
             "language": fields["language"], "publisher": fields["outlet"], "text": text}  # fmt: skip
    return {name: value for name, value in named.items() if value}


def in_json(fields, text: str) -> bytes:
    return json.dumps(as_record(fields, text)).encode()


def in_csv(fields, text: str) -> bytes:
    out, row = io.StringIO(), as_record(fields, text)
    writer = csv.DictWriter(out, row)
    writer.writeheader()
    writer.writerows([row, row])  # each article twice
    return out.getvalue().encode()


def in_text(fields, text: str) -> bytes:
    keys = {"Title": "headline", "By": "byline", "Date": "day", "Source": "outlet", "Language": "language"}
    head = "".join(f"{key}: {fields[name]}\n" for key, name in keys.items() if fields[name])
    return f"{head}\n{text}".encode()


def in_mail(fields, text: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "The Reed <news@reed.example>"
    mail["Subject"] = (fields["headline"] or "News").replace("\u00a0", " ")
    mail["Date"] = "Thu, 02 May 2024 06:00:00 +0000"
    mail.set_content(text)
    return mail.as_bytes()


def in_nitf(fields, text: str) -> bytes:
    body = "".join(f"<p>{escape_xml(part)}</p>" for part in text.split("\n\n"))
    headline = f"<hedline><hl1>{escape_xml(fields['headline'])}</hl1></hedline>" if fields["headline"] else ""
    byline = f"<byline>{escape_xml(fields['byline'])}</byline>" if fields["byline"] else ""
    date = '<date.issue norm="20240502T060000Z"/>' if fields["day"] else ""
    return (
        f'<?xml version="1.0"?><nitf><head><docdata>{date}</docdata></head><body><body.head>{headline}{byline}'
        f"</body.head><body.content>{body}</body.content></body></nitf>"
    ).encode()


def in_ninjs(fields, text: str) -> bytes:
    named = {"uri": "reed:1", "type": "text", "headline": fields["headline"], "byline": fields["byline"],
             "versioncreated": fields["day"], "language": fields["language"], "body_text": text}  # fmt: skip
    return json.dumps({name: value for name, value in named.items() if value}).encode()


def in_feed(fields, text: str) -> bytes:
    title = f"<title>{escape_xml(fields['headline'])}</title>" if fields["headline"] else ""
    item = f"<item>{title}<description>{escape_xml(text)}</description></item>"
    channel = f"<channel><title>The Reed</title>{item}{item}</channel>"
    return f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'.encode()


WRITERS = {
    "html": in_html, "json": in_json, "csv": in_csv, "text": in_text, "mail": in_mail, "nitf": in_nitf,
    "ninjs": in_ninjs, "feed": in_feed,
}  # fmt: skip
RULES = [rule for rule in open_rulebook().rules if rule.severity == "critical" or rule.rejects]


def broken_rules(folder, files: dict[str, bytes]) -> list[tuple[str, str, list]]:
    """Return the critical rules that a run over these files breaks, with the rows at fault."""
    records = pl.concat(
        [RECORDS.to_frame(), *(read_records(data, path).records for path, data in files.items())]
    )
    records, _ = split_records(records)
    links = link_records(records)
    places = links.select("path", "article_id", is_loaded=pl.col("is_first"))
    handled = pl.DataFrame(
        [(path, path, "any", None, len(data), 0, False) for path, data in files.items()],
        HANDLED,
        orient="row",
    )
    with open_next(folder / "w.duckdb", RUN) as version:
        version.stage(find_tables(build_articles(records, run_id=RUN), run_id=RUN, languages=("en",)))
        loaded = handled.join(links, on="path", how="semi")
        version.stage(
            {"files": build_files(loaded, places, LEFT_OUT.to_frame(), RUN),
             "contents": build_contents(loaded, places, RUN),
             "runs": run_row(RUN, version.started, version.started, "test", {"languages": ["en"]})}
        )  # fmt: skip
        resolve_all(version)
        return [
            (rule.table, rule.name, rows)
            for rule in RULES
            if (rows := version.connection.sql(rule.sql).fetchall())
        ]


@pytest.mark.parametrize("form", WRITERS)
@settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(st.tuples(FIELDS, TEXTS), min_size=8, max_size=12))
def test_fields_that_contradict_each_other_break_no_critical_rule(tmp_path_factory, form, drawn):
    files = {f"{number}.{form}": WRITERS[form](*one) for number, one in enumerate(drawn)}
    assert broken_rules(tmp_path_factory.mktemp("run"), files) == []
