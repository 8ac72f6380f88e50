"""A file that repeats one character tens of thousands of times takes time linear in its length."""

import time

import pytest

from transforms.readers import read_records

REPEATS = 30_000  # characters
SECONDS = 2  # of the processor; what grows with the square takes ten
UNITS = (" ", "\n", "\t ", "\r\n ", "/", "a", "A ", "(", "<", "1", "1 ", ".", ", ", "-", " - ", "'", '"', "&", "> ",
         ": ", "a.", "=", "_ ", "[", "* ", "# ", "a\n", "A. ", "--", "|", "@", "a@", "by ", "\\", ";")  # fmt: skip
SAID = "The mill was sold on Monday, Ada Roe said to the board."
SHAPES = {
    "paragraph": f"HAVENPORT, May 2 (Tidings) - The mill was sold.\n\n%s\n\n{SAID}",
    "whole": "%s",
    "header": f"date: 2024-05-02\ntitle: %s\nauthor: %s\n\n{SAID}",
    "front matter": f"---\ntitle: %s a\ndate: 2 May 2024 %s a\ncanonical_url: https://mill.example%s a\n---\n\n{SAID}",
    "script": "<!doctype html><html><head><title>Mill</title><script type='application/ld+json'>{%s}</script></head>"
    f"<body><article><p>{SAID}</p></article></body></html>",
    "page": "<!doctype html><html><head><title>%s</title><meta name='author' content='%s'></head><body><article>"
    f"<p class='byline'>%s</p><time>%s</time><p>{SAID}</p><p>%s</p></article></body></html>",
    "table": f"title;text\nMill;{SAID}%s\n",
    "accession": f"Mill\n\n34 words\n2 May 2024\nTidings\n\n{SAID}\n\nDocument TID0000020240502%s!\n",
    "factiva": f"Mill\n%s words\n2 May 2024\nTidings\nTID\nEnglish\n(c) 2024\n\n{SAID}\n\nDocument TID0001\n",
}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_run_of_one_mark_is_read_in_time(shape, unit):
    run = (unit * REPEATS)[:REPEATS]
    began = time.process_time()
    read_records(SHAPES[shape].replace("%s", run).encode(), "a")
    assert time.process_time() - began < SECONDS
