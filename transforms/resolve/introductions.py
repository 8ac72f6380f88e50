"""Find whom a text introduces before words without a source: before a quotation, or before an interview.

'Ann Roe is a baker from Dorne.' introduces the quotation '"I like tea."' in the next paragraph.
"""

from __future__ import annotations

from transforms.resolve.coreference import References
from transforms.resolve.discourse import Discourse
from transforms.resolve.model import Actor, Mention

ENDS = frozenset(".?!:")
LONGEST = 60  # words of a paragraph that introduces somebody
DISTANT = 60  # words between a quotation and a source in another part of the text
FAR = 2  # paragraphs between a quotation and a source that is not in the paragraph before


def find_introduced(references: References, begin: int, last: int, source: int) -> Mention | None:
    """Return the person with whose name the paragraph before the quotation [begin, last] begins.

    Return None if the words of the source, which begin at word `source`, are as near as this paragraph, if a part of it
    is a quotation, or if it is no sentence."""
    text = references.text
    paragraph = text.paragraphs[begin] - 1
    if not text.quoted[begin] or any(
        abs(text.paragraphs[source] - text.paragraphs[i]) < FAR for i in (begin, last)
    ):
        return None
    first = begin
    while first > 0 and text.paragraphs[first - 1] >= paragraph and begin - first <= LONGEST:
        first -= 1
    opening = text.paragraphs[first] == paragraph and (first == 0 or text.paragraphs[first - 1] < paragraph)
    end = next((i for i in range(first, begin) if text.paragraphs[i] > paragraph), begin)
    if not opening or any(text.quoted[first:end]) or text.words[end - 1] not in ENDS:
        return None
    near = (references.clusters.at.get(i) for i in range(first, min(first + 6, end)))
    person = next((m for m in near if m and m.kind == "name" and m.actor.kind == "person"), None)
    is_first = person is not None and references.phrases.get(person.first, person.first) == first
    return person if is_first else None


def find_subject_before(references: References, begin: int, last: int, source: int) -> Mention | None:
    """Return the person with whose name the sentence before the quotation [begin, last] begins, in one paragraph.

    Return None if the words of the source, which begin at word `source`, are near."""
    text = references.text
    if not text.quoted[begin] or begin - DISTANT < source < last + DISTANT or not text.sentences[begin]:
        return None
    end = text.firsts[text.sentences[begin]]
    first = text.firsts[text.sentences[end - 1]]
    is_long = end - first > LONGEST
    if is_long or text.paragraphs[first] != text.paragraphs[begin] or any(text.quoted[first:end]):
        return None
    near = (references.clusters.at.get(i) for i in range(first, min(first + 6, end)))
    person = next((m for m in near if m and m.kind == "name" and m.actor.kind == "person"), None)
    is_first = person is not None and references.phrases.get(person.first, person.first) == first
    return person if is_first else None


def find_interviewee(discourse: Discourse, first: int) -> Actor | None:
    """Return the person who is quoted most before an interview that begins at word `first`; else named most before it.

    Return None if there are several."""
    people = discourse.candidates(first, frozenset(("person",)))
    records = discourse.records
    counts = {a: (records[a].spoke, sum(place < first for place in records[a].places)) for a in people}
    best = max(counts.values(), default=(0, 0))
    same = [actor for actor in people if counts[actor] == best and best[1]]
    return same[0] if len(same) == 1 else None
