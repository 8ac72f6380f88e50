"""Split the text of one article into words, sentences and paragraphs.

A `Text` holds parallel lists with one entry per word or punctuation mark; offsets are code points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, compress
from unicodedata import normalize

from transforms.extract.tokens import LINE_BREAK, UNQUOTED, tokenize_again
from transforms.resolve.word_lists import ABBREVIATIONS

ENDS = frozenset(".?!")
CLOSING = frozenset(("”", "»", "''", '"', ")", "]", "'", "’"))
OPENING = frozenset(("“", "„", "«", "``", '"'))
BOUNDS = ENDS | {LINE_BREAK}
WORDS_KEPT = 50_000  # distinct words whose plain form is cached

PRONOUNS = frozenset("i you he she it we they who that".split())


class Text:
    """The words of the body of an article, with their offsets, sentences and paragraphs.

    `words`, `lower`, `starts`, `ends`: one entry per word; in `lower`, "she'll" is "she".
    `size`: the number of words.
    `sentences`, `paragraphs`: the index of each word's sentence and paragraph, from 0.
    `capitals`: the indices of the words that begin with a capital.
    `places`: the indices of each lower-case word.
    `counts`: how often each word occurs, as written.
    `everyday`: the words that occur in lower case somewhere in the text.
    `quoted`: whether the word is inside quotation marks.
    `line_starts`: the index of the first word of each paragraph.
    """

    def __init__(self, body: str) -> None:
        tokens = tokenize_again(body)
        is_word = [word != LINE_BREAK for word in tokens.words]
        self.body = body
        self.words = list(compress(tokens.words, is_word))
        self.size = len(self.words)
        self.counts = Counter(self.words)
        self.lower = [*map(_plain_words.__getitem__, self.words)]
        self.starts = list(compress(tokens.starts, is_word))
        self.ends = list(compress(tokens.ends, is_word))
        self.quoted = [mark != UNQUOTED for mark in compress(tokens.quoted, is_word)]
        with_capital = {word for word in self.counts if word[0].isupper()}
        self.capitals = [i for i, word in enumerate(self.words) if word in with_capital]
        self.places = _places_of(self.lower)
        self.everyday = {word for word in self.counts if word.islower()}
        self._headlines: dict[int, bool] = {}
        self._found: dict[frozenset[str], list[int]] = {}
        self._amid: dict[str, bool] = {}
        self.sentences: list[int] = []
        self.paragraphs: list[int] = []
        self.line_starts: list[int] = []
        self.firsts: list[int] = []
        self._openers: list[int] = []
        self._number(tokens.words, tokens.quoted)

    def _number(self, words: list[str], quoted: list[int]) -> None:
        """Number the sentences and paragraphs. A line break ends both, because wrapped lines are already joined.

        `words` and `quoted` include the line breaks. `firsts` gets the first word of each sentence, and `_openers` its
        first word other than punctuation; both get the number of words, which is no word's index, if there is none.
        """
        begin, paragraph, starts_line = 0, 0, True
        for end in [*self._sentence_ends(words, quoted), len(words)]:
            first, count = len(self.sentences), end - begin
            number, size = len(self.firsts), self.size
            self.sentences += [number] * count
            self.paragraphs += [paragraph] * count
            self.firsts.append(first if count else size)
            inside = range(first, first + count)
            self._openers.append(next((k for k in inside if self.words[k][0].isalnum()), size))
            if starts_line and count:
                self.line_starts.append(first)
                starts_line = False
            begin = end
            if words[end : end + 1] == [LINE_BREAK]:
                begin, paragraph, starts_line = end + 1, paragraph + 1, True

    def _sentence_ends(self, words: list[str], quoted: list[int]) -> Iterator[int]:
        """Yield the index of each line break, and of the first word of each other sentence after the first one."""
        for i in [i for i, word in enumerate(words) if word in BOUNDS]:
            if words[i] == LINE_BREAK:
                yield i
                continue
            if words[i] == "." and self._abbreviates(_word_before(words, i)):
                continue
            k = i + 1
            while k < len(words) and words[k] in CLOSING and not _opens_quotation(words, quoted, k):
                k += 1
            if k < len(words) and words[k] != LINE_BREAK:
                word = words[k]
                if _opens_quotation(words, quoted, k) or word[0].isupper() or word[0].isdigit():
                    yield k

    @staticmethod
    def _abbreviates(word: str) -> bool:
        return word.lower() in ABBREVIATIONS or (len(word) == 1 and word.isupper() and word != "I")

    def find(self, words: set[str] | frozenset[str]) -> list[int]:
        """Return the indices of the words that are one of these lower-case words, in order."""
        places = self.places
        used = places.keys() & words if len(words) < len(places) else words.intersection(places)
        return sorted(chain.from_iterable(map(places.__getitem__, used)))

    def find_between(self, words: frozenset[str], first: int, last: int) -> list[int]:
        """Return what `find` returns, of the words [first, last) only. The text is searched once for the same words."""
        if words not in self._found:
            self._found[words] = self.find(words)
        found = self._found[words]
        return found[bisect_left(found, first) : bisect_left(found, last)]

    def comes_amid(self, i: int) -> bool:
        """Whether the word at index i, as written, follows a lower-case word somewhere in the text."""
        word = self.words[i]
        if word not in self._amid:
            same = (k for k in self.places[self.lower[i]] if k and self.words[k] == word)
            self._amid[word] = any(self.words[k - 1] in self.everyday for k in same)
        return self._amid[word]

    def word_range(self, start: int, end: int) -> tuple[int, int]:
        """Return the indices [first, last) of the words that overlap the code points [start, end)."""
        return bisect_right(self.ends, start), bisect_left(self.starts, end)

    def slice(self, first: int, last: int) -> str:
        """Return the text of the words [first, last), as written in the body."""
        return self.body[self.starts[first] : self.ends[last - 1]] if first < last else ""

    def is_headline(self, i: int) -> bool:
        """Whether most long words in the sentence of word i have capitals: a capital does not mark a name there."""
        sentence = self.sentences[i]
        if sentence not in self._headlines:
            self._headlines[sentence] = self._has_capitals(sentence)
        return self._headlines[sentence]

    def _has_capitals(self, sentence: int) -> bool:
        first = self.firsts[sentence]
        end = bisect_right(self.sentences, sentence, first, min(first + 40, self.size))
        long = [word[0].isupper() for word in self.words[first:end] if len(word) > 3 and word.isalpha()]
        return len(long) > 3 and sum(long) >= 0.8 * len(long)

    def opens_sentence(self, i: int) -> bool:
        """Whether word i is the first of its sentence or of a quoted sentence, ignoring quotation marks."""
        if self._openers[self.sentences[i]] >= i:
            return True
        return i > 1 and self.quoted[i] and self.words[i - 1] in OPENING and self.words[i - 2] in (",", ":")


def _word_before(words: Sequence[str], i: int) -> str:
    """Return the word before word i, skipping line breaks; an empty string if there is none."""
    return next((words[k] for k in range(i - 1, -1, -1) if words[k] != LINE_BREAK), "")


def _opens_quotation(words: Sequence[str], quoted: Sequence[int], i: int) -> bool:
    return words[i] in OPENING and not (words[i] == '"' and i > 0 and quoted[i - 1] != UNQUOTED)


def _places_of(words: Sequence[str]) -> dict[str, list[int]]:
    """Map each word to its indices."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for i, word in enumerate(words):
        places[word].append(i)
    return dict(places)


def plain(word: str) -> str:
    """Return a word in lower case with composed accents, and a contracted pronoun as the pronoun: "She'll" -> "she"."""
    lower = word.lower()
    if lower.isascii() and "'" not in lower:
        return lower
    lower = normalize("NFC", lower)
    head = lower.replace("’", "'").split("'")[0]
    return head if head in PRONOUNS else lower


class _PlainWords(dict[str, str]):
    """What `plain` returns for each of the words seen last; reading a dict costs a quarter of calling a function."""

    def __missing__(self, word: str) -> str:
        if len(self) >= WORDS_KEPT:
            self.clear()
        found = self[word] = plain(word)
        return found


_plain_words = _PlainWords()
