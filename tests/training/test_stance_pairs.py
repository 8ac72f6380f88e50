"""Pairs of statements and subjects, as they are packed for training."""

from training.stance_pairs import (
    HIDDEN,
    MARKERS,
    MOST_LONG,
    POOL,
    TEST,
    TRAIN,
    Pair,
    frame,
    leave_out_tested,
    pack,
    read_labels,
)
from transforms.statements.stances import CONTENT, STANCES, Margins, Place, read_views

BODY = "Bo Venn said that Ada Roe has failed the town of Norhaven."
PLACE = Place([(13, 57)], (8, 12), (0, 7), [(18, 25)])
WORDS = "bo venn said that ada roe has failed the town of nor ##haven .".split()
VOCABULARY = {piece: i for i, piece in enumerate([*(f"[unused{n}]" for n in range(10)), *WORDS])}


def pair(key, article, body=BODY):
    return Pair((key, "roe"), article, body, PLACE)


def test_marks_of_spans_surround_their_pieces():
    [view] = read_views([(BODY, PLACE)], Margins())
    pieces, marks = frame(view, VOCABULARY)
    names = {i: piece for piece, i in VOCABULARY.items()}
    opening, closing = f"[unused{MARKERS[CONTENT]}]", f"[unused{MARKERS[CONTENT] + 1}]"
    shown = [names[i] for i in pieces[1:-1]]
    assert shown[shown.index(opening) + 1] == "that" and shown[shown.index(closing) - 1] == "##haven"
    hidden = [names[i] for i, mark in zip(pieces, marks, strict=True) if mark & HIDDEN]
    assert hidden == ["ada", "roe"]


def test_a_long_text_is_cut_around_the_subject():
    body = "He met the town. " * 300 + BODY + " He met the town." * 300
    at = body.index(BODY)
    far = Place(
        [(0, len(body))],
        *[(start + at, end + at) for start, end in (PLACE.cue, PLACE.source)],
        [(at + 18, at + 25)],
    )
    [view] = read_views([(body, far)], Margins(most=20_000))
    pieces, marks = frame(view, VOCABULARY)
    assert len(pieces) == len(marks) <= MOST_LONG + 1 and (marks & HIDDEN).any()


def test_only_labelled_pairs_of_a_tested_warehouse_are_kept_and_no_copies_of_its_articles():
    labels = {("s1", "roe"): (TRAIN, 0), ("s2", "roe"): (TEST, 1)}
    new = pair("s5", "a5", "No word of this is said anywhere else in the news." * 2)
    kept = leave_out_tested([[pair("s2", "a2"), pair("s3", "a2")], [pair("s4", "a4"), new]], labels)
    assert [one.key[0] for one in kept] == ["s2", "s5"]


def test_a_pack_has_the_labels_of_its_pairs(tmp_path):
    file = tmp_path / "labels.tsv"
    file.write_text(f"train\ts1\troe\t{STANCES[1]}\ntest\ts2\troe\t{STANCES[2]}\n", encoding="utf-8")
    arrays = pack([pair(f"s{n}", f"a{n}") for n in (1, 2, 3)], read_labels(file), VOCABULARY, VOCABULARY)
    assert arrays["parts"].tolist() == [TRAIN, TEST, POOL]
    assert arrays["labels"].tolist() == [1, 2, -1]
    assert arrays["lengths"].sum() == len(arrays["words"]) == len(arrays["marks"])
    assert arrays["piece_lengths"].sum() == len(arrays["pieces"]) == len(arrays["piece_marks"])
