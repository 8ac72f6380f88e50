"""Measure how well web pages are read: `python -m bench.pages [PAGES] [EXPECTED] [--errors]`.

PAGES is a folder of HTML files, gzipped or not. EXPECTED is a JSON file that maps the name of each page to
`{"one_of": [...]}`: accepted versions of its `title`, `authors`, `published` and `paragraphs`. The version closest to
the result counts. Each page goes through the product's reader. The table shows the shares of

- equal titles: the same letters and digits, ignoring case, spaces and kinds of quotation marks;
- nearly equal titles: 80 % of the letters are the same, in the same order; this holds for two titles of one page that
  differ in a word, and seldom for the titles of two different stories;
- equal authors: the same set of names;
- right days;
- paragraphs found: their words occur in the text without a gap; the dateline, which becomes fields, does not count;
- extra words: words of the text that are neither in a paragraph nor in the title.

`--errors` lists the differences of each page.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from transforms.readers import read_records
from transforms.readers.fields.datelines import read_dateline

SHARED = Path(os.environ.get("ONRECORD_SHARED") or Path(__file__).parents[2] / "shared") / "real"
NEAR = 0.8  # share of letters that two nearly equal titles have in common, in order
ROWS = (  # measure, its name in the table, and the goal in percent
    ("titles", "titles alike", ">= 96"),
    ("near_titles", "titles nearly alike", ""),
    ("authors", "authors alike", ">= 94"),
    ("days", "days right", "100"),
    ("paragraphs", "paragraphs found", ">= 98.5"),
    ("beyond", "words beyond them", "<= 6"),
)


@dataclass
class Score:
    """The counts for one page or for all pages, and the differences as text."""

    pages: int = 0
    titles: int = 0
    near_titles: int = 0
    authors: int = 0
    days: int = 0
    paragraphs: int = 0
    paragraphs_of: int = 0
    beyond: int = 0
    words: int = 0
    errors: list[str] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        sums = (mine + more for mine, more in zip(vars(self).values(), vars(other).values(), strict=True))
        return Score(*sums)

    def parts(self, measure: str) -> tuple[int, int]:
        """Return the count for a measure, and the total by which to divide the count."""
        wholes = {"paragraphs": self.paragraphs_of, "beyond": self.words}
        return getattr(self, measure), wholes.get(measure, self.pages)


def read_page(path: Path) -> dict[str, Any]:
    """Return the fields of the article that the reader finds in a file; if it finds none, only `reject`, the reason."""
    data = path.read_bytes()
    reading = read_records(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data, path.name)
    if reading.records.is_empty():
        return {"reject": "; ".join(reject.reason for reject in reading.rejects)}
    return reading.records.row(0, named=True)


def compare_page(found: dict[str, Any], versions: list[dict[str, Any]]) -> Score:
    """Score one page against the closest accepted version."""
    if "reject" in found:
        return Score(1, paragraphs_of=len(versions[0]["paragraphs"]), errors=[f"rejected: {found['reject']}"])
    return max((_compare(found, version) for version in versions), key=lambda score: score.paragraphs)


def _compare(found: dict[str, Any], right: dict[str, Any]) -> Score:
    score = Score(1)
    title, expected_title = _letters(found["headline"] or ""), _letters(right["title"])
    score.titles = title == expected_title
    score.near_titles = SequenceMatcher(None, title, expected_title, autojunk=False).ratio() >= NEAR
    names, expected = _names(found["byline"] or ""), {_letters(name) for name in right["authors"]}
    score.authors = names == expected
    day = str(found["published_on"] or "")
    score.days = day == right["published"][:10]
    if not score.titles:
        score.errors.append(f"title: {found['headline']!r}, expected {right['title']!r}")
    if not score.authors:
        score.errors.append(f"authors: {found['byline']!r}, expected {right['authors']}")
    if not score.days:
        score.errors.append(f"day: {day or None} ({found['published_in']}), expected {right['published']}")
    _compare_text(found["body"], right, score)
    return score


def _compare_text(body: str, right: dict[str, Any], score: Score) -> None:
    """Add the counts of found paragraphs and extra words to the score."""
    text = f" {' '.join(_words(body))} "
    paragraphs = [
        words for paragraph in right["paragraphs"] if (words := " ".join(_words(_below_dateline(paragraph))))
    ]
    missing = [words for words in paragraphs if f" {words} " not in text]
    score.paragraphs_of, score.paragraphs = len(paragraphs), len(paragraphs) - len(missing)
    score.errors += [f"not found: {words[:200]}" for words in missing]
    extra, said = _words_beyond(body, [right["title"], *right["paragraphs"]])
    score.beyond, score.words = extra, len(_words(body))
    score.errors += said


def _below_dateline(paragraph: str) -> str:
    """Remove the dateline from a paragraph, because the product stores it as fields."""
    dateline = read_dateline(paragraph, 0)
    return paragraph[dateline.end :] if dateline else paragraph


def _words_beyond(body: str, right: list[str]) -> tuple[int, list[str]]:
    """Count the extra words of the text and list the paragraphs that contain them."""
    left = Counter(word for text in right for word in _words(text))
    count, said = 0, []
    for paragraph in body.split("\n\n"):
        words = Counter(_words(paragraph))
        beyond = words - left
        left -= words
        count += beyond.total()
        if beyond.total() > 2:
            said.append(f"beyond, {beyond.total()} words: {' '.join(paragraph.split())[:200]}")
    return count, said


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def _letters(text: str) -> str:
    return " ".join(_words(text))


def _names(byline: str) -> set[str]:
    parts = re.split(r",\s*|;\s*|\s+(?:and|&)\s+", byline)
    return {_letters(part) for part in parts if _letters(part)}


def score_pages(folder: Path, expected: dict[str, Any]) -> dict[str, Score]:
    """Score each page that is in the folder; return the scores by file name."""
    names = (name for name in sorted(expected) if (folder / name).is_file())
    return {name: compare_page(read_page(folder / name), expected[name]["one_of"]) for name in names}


def print_table(total: Score) -> None:
    print(f"{total.pages} pages")
    for measure, name, aim in ROWS:
        part, whole = total.parts(measure)
        print(f"{name:20}{100 * part / max(whole, 1):6.1f} %{part:7,} of {whole:<7,}{aim}".rstrip())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pages", type=Path, nargs="?", default=SHARED / "pages")
    parser.add_argument("expected", type=Path, nargs="?", default=SHARED / "pages.expected.json")
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    if not (options.pages.is_dir() and options.expected.is_file()):
        print(f"skipped: no pages at {options.pages}, or no expected results at {options.expected}")
        return
    expected = json.loads(options.expected.read_text(encoding="utf-8"))
    scores = score_pages(options.pages, expected)
    if options.errors:
        for name, score in scores.items():
            if score.errors:
                print(name, *score.errors, sep="\n    ")
    print_table(sum(scores.values(), Score()))


if __name__ == "__main__":
    main()
