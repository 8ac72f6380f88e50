"""Files of blanks cost little, also a thousand times in an archive."""

import time

from transforms.readers import read_records


def test_blanks_are_rejected_without_looking_for_a_format():
    start = time.process_time()
    [reject] = read_records(b" \n" * 9_000_000, "a.txt").rejects
    assert (reject.reason_code, reject.reason) == ("no_body", "a.txt: contains no words")
    assert time.process_time() - start < 2


def test_an_article_may_begin_with_many_blanks():
    data = b"\n" * 100_000 + b"The weir stays, Bo Hale said on Friday."
    assert read_records(data, "a.txt").records["body"].to_list() == [
        "The weir stays, Bo Hale said on Friday."
    ]
