"""Which words are names, subjects, numbers and ordinary words."""

from transforms.articles.wording import MOST_NAMES, MOST_NUMBERS, MOST_SUBJECTS, read_wording

BODY = (
    "Reed Foods Inc. said on Monday that it earned 12.5 million crowns, or 30 cents a share. Analysts had expected 28. "
    "The results beat what Reed promised in May. Shares of REED fell."
)


def test_a_name_has_a_capital_inside_a_sentence():
    names = [
        read_wording(f"Then came {name} home.").names[0] for name in ("Foods", "Inc", "Monday", "Reed", "May")
    ]
    assert set(read_wording(BODY).names) == set(names)


def test_a_name_that_is_repeated_is_a_subject_however_it_is_set():
    assert read_wording(BODY).subjects == read_wording("Then came Reed home.").names


def test_numbers_are_whole_with_their_points():
    assert read_wording(BODY).numbers == sorted(
        number for text in ("12.5", "30", "28") for number in read_wording(text).numbers
    )


def test_ordinary_words_have_small_letters_and_come_once():
    assert read_wording("Nobody came, nobody paid, and Nobody left.").words == [
        "and",
        "came",
        "left",
        "nobody",
        "paid",
    ]


def test_a_long_list_is_cut_to_the_limit():
    wording = read_wording(
        "\n".join(f"- see Name{'abcdefghij'[i % 10]}{'x' * (i // 10)} {i} for" * 2 for i in range(900))
    )
    assert len(wording.names) <= MOST_NAMES
    assert len(wording.subjects) <= MOST_SUBJECTS
    assert len(wording.numbers) <= MOST_NUMBERS
