"""Write variants of annotated articles in other layouts: `python -m training.augment CORPUS --out FILE`.

News differs more in layout than in words. A variant may put quotations in separate paragraphs, break a paragraph
between the sentences of a quotation (with an opening mark in each paragraph and a closing mark in the last), use
straight, curly or single marks, leave out blank lines, or wrap its lines. The words stay the same and the spans move
with them. Only one step removes words: 'He wrote the plan. "It works," he said.' may lose its ', he said'. Then only
the sentence before the quotation names the speaker.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

from training.edits import SPANS, Edit, edit_article
from transforms.extract.tokens import DOUBLE, LINE_BREAK, Tokens, tokenize

BREAK = "\n\n"
NARROWEST, WIDEST = 60, 80  # columns of wrapped text
SHORTEST_QUOTATION = 6  # tokens of a quotation that may become a separate paragraph
DOUBLE_MARKS = {'"', "“", "”", "``", "''"}
SENTENCE_ENDS = frozenset(".?!")
SPEAKS_AGAIN = frozenset("he she they it".split())
SINGLE_MARKS = {"'", "‘", "’"}
QUOTATION_STYLES = {"straight": ('"', '"'), "curly": ("“", "”"), "single": ("‘", "’"), "plain": ("'", "'"),
           "typed": ("``", "''")}  # fmt: skip
_QUOTATION = re.compile(r"""(?:[“"]|'')[^“”"]+(?P<stop>[,.?!])(?:[”"]|'')""")
_TAIL = re.compile(r"[^.?!\n“”\"]{1,150}\.(?=\s|$)")
_BETWEEN_SENTENCES = re.compile(r"""[^\n]{,60}[.?!](?:[”"]|'')?\s+""")
_BLANK_LINES = re.compile(r"[ \t]*\n[ \t\n]*\n[ \t]*")

Step = Callable[[dict[str, Any], random.Random], dict[str, Any]]


def vary(article: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Make a variant of an article by a random choice of steps."""
    steps: list[tuple[float, Step]] = [
        (0.5, drop_attributions),
        (0.8, break_paragraphs),
        (0.6, change_marks),
        (0.15, close_up),
        (0.1, wrap),
    ]
    for chance, step in steps:
        if rng.random() < chance:
            article = step(article, rng)
    return article


def break_paragraphs(article: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Put quotations of whole sentences into separate paragraphs, and long quotations into several paragraphs."""
    tokens = tokenize(article["text"])
    often = rng.choice([0.3, 0.6, 0.9])
    closes_each = rng.random() < 0.15  # some writers close each paragraph of a running quotation
    edits: list[Edit] = []
    for start, end in quotations(tokens):
        if _opens_sentence(tokens, start) and rng.random() < often:
            edits += _break_at(tokens, start)
        if end < len(tokens) and _closes_sentence(tokens, end - 1) and rng.random() < often:
            edits += _break_at(tokens, end)
        for i in range(start + 2, end - 2):
            if tokens.words[i - 1] in SENTENCE_ENDS and rng.random() < often / 2:
                edits += _break_inside(tokens, start, i, closes_each)
    edits += [
        edit
        for i in _after_attribution(article, tokens)
        if rng.random() < often
        for edit in _break_at(tokens, i)
    ]
    return edit_article(article, set(edits))


def quotations(tokens: Tokens) -> list[tuple[int, int]]:
    """Return the token spans (marks included) of quotations in double marks that are longer than a phrase."""
    return [(start, end) for start, end in _runs(tokens) if end - start >= SHORTEST_QUOTATION]


def _runs(tokens: Tokens) -> list[tuple[int, int]]:
    edges = [0, *(i for i in range(1, len(tokens)) if _begins_run(tokens, i)), len(tokens)]
    runs = [(a, b) for a, b in pairwise(edges) if a < b and tokens.quoted[a] == DOUBLE]
    return [(a, b) for a, b in runs if tokens.words[a] in DOUBLE_MARKS]


def _begins_run(tokens: Tokens, i: int) -> bool:
    """Whether a quotation starts or ends at token `i`, even if another quotation is directly next to it."""
    if (tokens.quoted[i] == DOUBLE) != (tokens.quoted[i - 1] == DOUBLE):
        return True
    both = (
        tokens.quoted[i] == DOUBLE and tokens.words[i] in DOUBLE_MARKS and tokens.words[i - 1] in DOUBLE_MARKS
    )
    return both and tokens.ends[i - 1] < tokens.starts[i]


def _opens_sentence(tokens: Tokens, start: int) -> bool:
    return start > 0 and (tokens.words[start - 1] in SENTENCE_ENDS or _closes_sentence(tokens, start - 1))


def _closes_sentence(tokens: Tokens, last: int) -> bool:
    """Whether a token is a closing mark after the end of a sentence."""
    return last > 0 and tokens.words[last] in DOUBLE_MARKS and tokens.words[last - 1] in SENTENCE_ENDS


def _break_at(tokens: Tokens, i: int) -> list[Edit]:
    """Replace the white space before a token with a paragraph break, unless a line ends there already."""
    before, here = tokens.ends[i - 1], tokens.starts[i]
    if before == here or LINE_BREAK in (tokens.words[i - 1], tokens.words[i]):
        return []
    return [Edit(before, here, BREAK)]


def _break_inside(tokens: Tokens, start: int, i: int, closes_each: bool) -> list[Edit]:
    """Start a new paragraph inside a quotation, with a new opening mark."""
    opening = tokens.words[start]
    closing = {"“": "”", "``": "''"}.get(opening, opening)
    return [
        Edit(e.start, e.end, (closing if closes_each else "") + BREAK + opening) for e in _break_at(tokens, i)
    ]


def _after_attribution(article: dict[str, Any], tokens: Tokens) -> Iterator[int]:
    """Yield tokens after the full stop that follows a cue or source: '“A,” he said. | “B.”'."""
    ends = {part[-1][1] for s in article["statements"] for part in (s["cue"], s["source"]) if part}
    for i in range(1, len(tokens)):
        if tokens.words[i - 1] == "." and tokens.starts[i - 1] in ends and tokens.words[i] in DOUBLE_MARKS:
            yield i


def drop_attributions(article: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Remove the attribution from some quotations that follow a statement by the same speaker.

    In '“A,” said Ada. “B,” he said on Friday.' the words after “B” may be removed. If the statement before B ends in a
    quotation, B becomes another piece of it; otherwise B becomes a statement with the same source and no cue.
    """
    text, edits = article["text"], list[Edit]()
    kept: list[dict[str, Any]] = []
    statements = sorted(article["statements"], key=lambda s: s["content"][0][0])
    for statement, after in zip_longest(statements, statements[1:]):
        found = _drop_attribution(text, kept[-1], statement, after) if kept and rng.random() < 0.7 else []
        edits += found
        if not found:
            kept.append(statement)
        elif _ends_quoted(text, kept[-1]):
            kept[-1] = {**kept[-1], "content": [*kept[-1]["content"], *statement["content"]]}
        else:
            kept.append({**statement, "cue": None, "source": kept[-1]["source"]})
    return edit_article(article | {"statements": kept}, edits)


def _drop_attribution(
    text: str, before: dict[str, Any], statement: dict[str, Any], after: dict[str, Any] | None
) -> list[Edit]:
    """List the edits that remove an attribution such as ' he said on Friday.'.

    The list is empty if the speaker changes, or if the removed words also belong to another statement.
    """
    if any(s.get("optional") or not s["source"] for s in (before, statement)) or not statement["cue"]:
        return []
    (start, end), *more = statement["content"]
    parts = [spans[0] for spans in (statement["cue"], statement["source"])]
    tail = _TAIL.match(text, end)
    quotation = _QUOTATION.fullmatch(text, start, end)
    if more or not quotation or not tail or not all(end <= a and b <= tail.end() for a, b in parts):
        return []
    if (after and _first(after) < tail.end()) or not _same_speaker(text, before, statement):
        return []
    since = max(before[part][-1][1] for part in SPANS if before[part] and before[part][-1][1] <= start)
    if not _BETWEEN_SENTENCES.fullmatch(text, max(0, since - 2), start):
        return []
    stop = [Edit(*quotation.span("stop"), ".")] if quotation["stop"] == "," else []
    return [*stop, Edit(end, tail.end(), "")]


def _first(statement: dict[str, Any]) -> int:
    first: int = min(spans[0][0] for part in SPANS if (spans := statement[part]))
    return first


def _same_speaker(text: str, before: dict[str, Any], statement: dict[str, Any]) -> bool:
    """Whether two statements, one after the other, probably have the same speaker.

    The source of the second is a pronoun, or both sources end with the same word ('Mayor Ada Walden', 'Walden').
    """
    old, new = (text[slice(*s["source"][0])].lower().strip(" ,.").split() for s in (before, statement))
    return " ".join(new) in SPEAKS_AGAIN or (bool(old) and old[-1:] == new[-1:])


def _ends_quoted(text: str, statement: dict[str, Any]) -> bool:
    return text[statement["content"][-1][1] - 1] in "\"”'"


def change_marks(article: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Put other marks around all quotations, but no single marks around a quotation that contains single marks."""
    opening, closing = QUOTATION_STYLES[rng.choice(list(QUOTATION_STYLES))]
    tokens = tokenize(article["text"])
    edits = []
    for start, end in _runs(tokens):
        if opening in SINGLE_MARKS and SINGLE_MARKS & set(tokens.words[start:end]):
            continue
        edits.append(Edit(tokens.starts[start], tokens.ends[start], opening))
        if end - 1 > start and tokens.words[end - 1] in DOUBLE_MARKS:
            edits.append(Edit(tokens.starts[end - 1], tokens.ends[end - 1], closing))
    return edit_article(article, edits)


def close_up(article: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Remove the blank lines between paragraphs."""
    found = _BLANK_LINES.finditer(article["text"])
    return edit_article(article, [Edit(match.start(), match.end(), "\n") for match in found])


def wrap(article: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Wrap lines at 60 to 80 columns, as wire copy does."""
    width, edits, begin, blank = rng.randint(NARROWEST, WIDEST), [], 0, None
    text = article["text"]
    for match in re.finditer(r"[ \n]", text + "\n"):
        if match.start() - begin > width and blank is not None:
            edits.append(Edit(blank, blank + 1, "\n"))
            begin = blank + 1
        blank = match.start() if match[0] == " " else None
        begin = match.end() if match[0] == "\n" else begin
    return edit_article(article, edits)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--variants", type=int, default=2, help="variants of each article")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with options.corpus.open(encoding="utf-8") as lines, options.out.open("w", encoding="utf-8") as out:
        for article in map(json.loads, lines):
            for _ in range(options.variants):
                out.write(json.dumps(vary(article, rng), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
