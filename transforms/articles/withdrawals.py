"""Find articles that withdraw a story (`articles.withdrawal`), and the names by which they refer to it.

Wires withdraw a story in three ways: with a version whose status is canceled or withheld, with an editor's note
("KILL. Story is wrong."), or with a kill note, a separate text that tells editors not to use the story. A kill note
is not news, so no statements are extracted from it. Examples from the Associated Press, Reuters, dpa and newspapers:

    KILL KILL KILL = Please kill item dpa 157 "..."
    EDITORS: Please kill the story Harbour-Money, V9991. A kill is mandatory. Make certain the story is not used.
    STORY WITHDRAWN: The story headlined "..." is withdrawn. It was sent in error. No replacement story will be issued.
    This article has been removed because it did not meet our standards.
"""

from __future__ import annotations

import re

import polars as pl

OPENING = 600  # characters at the start of a text; a kill note identifies itself there
MOST_WORDS = 150  # words of a kill note; a longer text is a news story about a kill note
NOTES = ("kill_note", "hold_note")  # withdrawals whose text is not news
FOR_NOW = ("hold_note", "withheld")  # withdrawals that a later version may end

_PIECE = r"(?:story|stories|item|article|report|dispatch|column|piece|copy|version|text)"
_GONE = r"(?:withdrawn|killed|retracted|eliminated|cancell?ed|removed|deleted|taken down)"
_IS = r"(?:is|are|was|were|has been|have been|is being|are being)(?: hereby| being| now)?"
# "BULLETIN KILL", "KILL: Harbour master took money", "US-Space/ KILL KILL KILL =", "STORY WITHDRAWN"; only in capitals
_KILL_LINE = (
    r"(?m)^[^\p{L}\n]*(?:(?:NEWS|URGENT|ATTENTION|EDITORS|ADVISORY)[-: ]+)*"
    r"(?:(?:BULLETIN |MANDATORY |STORY )?KILL(?: KILL| MANDATORY| BULLETIN| NOTICE| NOTE| ADVISORY| STORY)*"
    r"|(?:BULLETIN |MANDATORY |STORY )(?:WITHDRAW(?:N|AL)?|ELIMINAT(?:E|ED|ION))|WITHDRAWN)\s*(?:[:.!=*/–—-]|$)"
)
_HOLD_LINE = r"(?m)^[^\p{L}\n]*HOLD(?: HOLD)+\b"
_MANDATORY = (
    r"(?i)\bkill is mandatory\b|\bmandatory (?:kill|withdraw(?:al)?|elimination)\b|"
    r"\bbulletin kill\b|\bkill,? kill\b"
)
_TO_EDITORS = (
    r"(?i)^\W*(?:(?:attention|attn|note to|advisory|memo to)\W+)*(?:editors?|subscribers|clients|newsrooms)\b"
)
_ORDER = rf"(?i)\b(?:kill|withdraw|eliminate|disregard|not (?:to )?(?:use|publish|run))\b[^.!?]{{0,80}}\b{_PIECE}\b"
_HOLD_ORDER = rf"(?i)\bplease hold\b[^.!?]{{0,40}}\b{_PIECE}\b"
_IS_GONE = rf"(?i)\b{_PIECE}\b[^.!?]{{0,200}}\b{_IS} {_GONE}\b"
_THIS_IS_GONE = rf"(?i)^\W*(?:editor['’]?s['’]? note\W+)?this {_PIECE}\b[^.!?]{{0,80}}\b{_IS} {_GONE}\b"
# Phrases in kill notes, but not in news about something that was withdrawn.
_NOT_NEWS = (
    r"(?i)\b(?:(?:should|must|may|do) not (?:be )?(?:use[d]?|publish(?:ed)?|run)|headlined|slugged|"
    rf"no (?:replacement|substitute)|(?:sent|transmitted|published|issued|moved|released) in error|{_PIECE} sent)\b"
)
# "KILLS 3rd graf" withdraws only a part.
_PART = (
    r"(?i)\b(?:graf|graph|par|paragraph|sentence|line|headline|byline|photo|picture|image|graphic|table|caption|quote|"
    r"reference|word)s?\b"
)
_CANCELED = r"^(?:cancell?ed|killed|kill|withdrawn|retracted)$"
_WITHHELD = r"^(?:withheld|hold|held)$"

_QUOTED = re.compile('["“‘\'](\\S[^"”\n]{8,200}?)["”’\'](?!\\w)')
_SLUG = re.compile(
    r"(?i)\b(?:slugged|slug|kill (?:the )?story|kill (?:the )?item)[:\s]+([\w&]{2,40}(?:[-/][\w&]{1,40}){1,6})"
)


def read_withdrawal() -> pl.Expr:
    """Return an expression that computes `withdrawal` (null for news) from headline, body, note and status."""
    head, note = pl.col("headline").fill_null(""), pl.col("note").fill_null("")
    opening, status = pl.col("body").str.head(OPENING), pl.col("status").str.to_lowercase()
    top = pl.concat_str(head, opening, separator="\n")
    is_short = pl.col("word_count") <= MOST_WORDS
    is_for_editors = opening.str.contains(_TO_EDITORS) | opening.str.contains(r"(?i)\bplease (?:kill|hold)\b")
    is_kill = (
        top.str.contains(_KILL_LINE)
        | top.str.contains(_MANDATORY)
        | (is_for_editors & (opening.str.contains(_ORDER) | opening.str.contains(_IS_GONE)))
        | opening.str.contains(_THIS_IS_GONE)
        | (opening.str.contains(_IS_GONE) & opening.str.contains(_NOT_NEWS))
    )
    is_hold = top.str.contains(_HOLD_LINE) | (is_for_editors & opening.str.contains(_HOLD_ORDER))
    says_kill = (
        note.str.contains(_KILL_LINE)
        | note.str.contains(_MANDATORY)
        | ((note.str.contains(_ORDER) | note.str.contains(_IS_GONE)) & ~note.str.contains(_PART))
    )
    return (
        pl.when(is_short & is_kill)
        .then(pl.lit("kill_note"))
        .when(is_short & is_hold)
        .then(pl.lit("hold_note"))
        .when(status.str.contains(_CANCELED) | says_kill)
        .then(pl.lit("canceled"))
        .when(status.str.contains(_WITHHELD))
        .then(pl.lit("withheld"))
        .alias("withdrawal")
    )


def is_news() -> pl.Expr:
    """Whether an article is news rather than a kill note."""
    return ~pl.col("withdrawal").is_in(NOTES).fill_null(False)


def read_quoted(body: str) -> list[str]:
    """Return the quoted texts at the start of a kill note; one of them may be the story's headline."""
    return _QUOTED.findall(body[:OPENING])


def read_slugs(body: str) -> list[str]:
    """Return the slugs by which a kill note refers to the story: "the story slugged FERRY-MONEY"."""
    return _SLUG.findall(body[:OPENING])
