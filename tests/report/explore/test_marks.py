"""Marks on articles and on hits."""

from hypothesis import given
from hypothesis import strategies as st

from report.explore.marks import around_marks, mark_words, read_paragraphs

BODY = "Head\n\n“One,” Ada said.\n\nNothing here.\n \n“Two.” She left.\n\nEnd"


def statement(seq_no, *contents, cue=None):
    spans = [{"start": BODY.index(text), "end": BODY.index(text) + len(text)} for text in contents]
    start = BODY.index(cue) if cue else None
    return {"seq_no": seq_no, "content_spans": spans, "source_start": None, "source_end": None,
            "cue_start": start, "cue_end": start and start + len(cue)}  # fmt: skip


def test_a_statement_is_shown_next_to_its_first_paragraph():
    paragraphs = read_paragraphs(
        BODY, [statement(1, "“One,”", "“Two.”", cue="said"), statement(2, "She left")]
    )
    assert [[row["seq_no"] for row in one.statements] for one in paragraphs] == [[], [1], [], [2], []]
    assert ["".join(piece.text for piece in one.pieces) for one in paragraphs] == [
        "Head", "“One,” Ada said.", "Nothing here.", "“Two.” She left.", "End"
    ]  # fmt: skip
    assert [piece.text for piece in paragraphs[3].pieces if piece.marks] == ["“Two.”", "She left"]


def test_only_what_is_near_a_mark_is_shown_around_it():
    near = around_marks(read_paragraphs(BODY, [statement(1, "She left")]))
    assert ["".join(piece.text for piece in one.pieces) for one in near] == [
        "Nothing here.",
        "“Two.” She left.",
        "End",
    ]


@given(st.text(alphabet="ab .\n\t”\u2028", max_size=60), st.data())
def test_no_letter_is_lost_or_said_twice(body, data):
    places = st.integers(0, len(body))
    rows = []
    for number in range(1, 4):
        start, end = sorted([data.draw(places), data.draw(places)])
        if start < end:
            rows.append({"seq_no": number, "content_spans": [{"start": start, "end": end}], "source_start": None,
                         "source_end": None, "cue_start": None, "cue_end": None})  # fmt: skip
    paragraphs = read_paragraphs(body, rows)
    shown = "".join(piece.text for one in paragraphs for piece in one.pieces)
    assert "".join(shown.split()) == "".join(body.split())
    if paragraphs:
        assert sorted(row["seq_no"] for one in paragraphs for row in one.statements) == [
            row["seq_no"] for row in rows
        ]


@given(st.text(max_size=300), st.text(max_size=20), st.integers(10, 100))
def test_a_hit_is_a_piece_of_the_text_with_its_words_marked(text, words, length):
    pieces = mark_words(text, words, length)
    joined = "".join(piece for piece, _ in pieces).removeprefix("…").removesuffix("…")
    assert joined in text or joined in text + "…" or "…" in text
    assert len(joined) <= length + 1


def test_a_long_hit_is_shown_around_its_word():
    pieces = mark_words("word " * 400 + "the tunnel opens " + "word " * 400, "tunnels", 200)
    assert ("tunnel", True) in pieces
    assert pieces[0] == ("…", False) and pieces[-1] == ("…", False)
