"""Pieces of content: marks and line breaks at their ends, kind by quotation marks, repairs."""

import pytest

from transforms.extract.repair import repair
from transforms.extract.span_decoder import complete_quotations, read_runs
from transforms.extract.spans import content_pieces
from transforms.extract.statement import TokenStatement
from transforms.extract.tokens import Tokens, tokenize


def _span(tokens: Tokens, text: str, words: str) -> tuple[int, int]:
    start = text.index(words)
    return tokens.starts.index(start), tokens.ends.index(start + len(words)) + 1


@pytest.mark.parametrize(
    ("text", "piece", "kind"),
    [
        ("“We are open,”", "We are open", "direct"),
        ('"Are we?"', "Are we?", "direct"),
        ("that it was open.", "that it was open", "indirect"),
        ("it was “wide open.”", "it was “wide open.”", "mixed"),
        ("“Open,” the “wide” kind", "“Open,” the “wide” kind", "mixed"),
    ],
)
def test_marks_of_the_clause_around_a_piece_are_left_out(text: str, piece: str, kind: str):
    tokens = tokenize(text)
    [(start, end)], found = content_pieces(tokens, [(0, len(tokens))])
    assert (text[start:end], found) == (piece, kind)


def test_piece_ends_at_a_line_break():
    text = "“One.\n\n“Two.”"
    pieces, kind = content_pieces(tokenize(text), [(0, len(tokenize(text)))])
    assert ([text[start:end] for start, end in pieces], kind) == (["One.", "Two."], "direct")


def test_quotation_is_whole_when_half_of_it_is():
    tokens = tokenize("“one two three four” he")
    quotations = read_runs([bool(q) for q in tokens.quoted])
    assert complete_quotations([(1, 4)], [], [], quotations) == [(0, 6)]
    assert complete_quotations([(1, 4)], [(4, 5)], [], quotations) == [(1, 4)]


def test_words_shared_with_a_source_belong_to_the_quotation():
    tokens = tokenize("Walden, “one two three four”")
    quotations = read_runs([bool(q) for q in tokens.quoted])
    assert complete_quotations([(6, 8)], [], [(0, 5)], quotations) == [(2, 8)]


def test_source_after_the_closing_mark_is_no_content():
    text = "“We are open,” the owner, Ada Walden, said"
    tokens = tokenize(text)
    content = (0, _span(tokens, text, "the owner")[1])
    source, cue = _span(tokens, text, "Ada Walden"), _span(tokens, text, "said")
    repaired = repair(tokens, TokenStatement([content], cue, source))
    assert repaired.contents == [_span(tokens, text, "“We are open,”")]
    assert repaired.source == _span(tokens, text, "the owner, Ada Walden")


def test_subject_of_was_quoted_speaks():
    text = "Director Ada Walden was quoted as saying that it is safe"
    tokens = tokenize(text)
    subject, cue = _span(tokens, text, "Director Ada Walden"), _span(tokens, text, "was quoted as saying")
    rest = _span(tokens, text, "that it is safe")
    repaired = repair(tokens, TokenStatement([subject, rest], cue, None))
    assert (repaired.contents, repaired.source) == ([rest], subject)


@pytest.mark.parametrize(("label", "speaks"), [("Exclusive", False), ("Q&A", False), ("Police", True)])
def test_label_of_a_headline_does_not_speak(label: str, speaks: bool):
    text = f"{label}: “We were robbed”"
    tokens = tokenize(text)
    content, source = _span(tokens, text, "“We were robbed”"), _span(tokens, text, label)
    repaired = repair(tokens, TokenStatement([content], None, source))
    assert (repaired.contents, repaired.source) == ([content], source if speaks else None)


def test_source_ends_where_its_quotation_begins():
    text = "said Ada Walden, who left, “and so did we.”"
    tokens = tokenize(text)
    content, cue = _span(tokens, text, "“and so did we.”"), _span(tokens, text, "said")
    repaired = repair(tokens, TokenStatement([content], cue, (1, content[0] + 2)))
    assert (repaired.contents, repaired.source) == ([content], _span(tokens, text, "Ada Walden, who left,"))


def test_unquoted_content_begins_after_its_source():
    text = "According to engineer Ada Walden, it is safe"
    tokens = tokenize(text)
    cue, source = _span(tokens, text, "According to"), _span(tokens, text, "engineer Ada Walden")
    repaired = repair(tokens, TokenStatement([_span(tokens, text, "Ada Walden, it is safe")], cue, source))
    assert (repaired.contents, repaired.source) == ([_span(tokens, text, ", it is safe")], source)


@pytest.mark.parametrize(
    ("tagged", "cue"),
    [
        ("said during", "said"),
        ("said at a", "said"),
        ("said in a statement", "said in a statement"),
        ("called on", "called on"),
        ("scoffed at the", "scoffed at"),
        ("according to", "according to"),
    ],
)
def test_cue_does_not_break_off_in_a_phrase(tagged: str, cue: str):
    text = f"She {tagged} it was safe"
    tokens = tokenize(text)
    content = _span(tokens, text, "it was safe")
    repaired = repair(tokens, TokenStatement([content], _span(tokens, text, tagged), (0, 1)))
    assert repaired.cue == _span(tokens, text, cue)
