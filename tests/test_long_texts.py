"""The cost of one long text: nothing grows with the square of its length."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATUS = Path("/proc/self/status")
# A text of so many paragraphs, each with a statement, through all that is done with a batch; at the end the largest
# memory of the process, in MB.
RUN = """
import re, sys
from pathlib import Path
from flows.compute.analysis import find_tables
from transforms.articles.articles import build_articles
from transforms.readers import read_records
names = "Ada Bo Cleo Dan Edda Finn Gus Hana".split()
text = "\\n\\n".join(
    f"The mill at number {n} was sold on Monday, {names[n % 8]} {names[n // 8 % 8]}son said. "
    f'"It stood in the rain for {n} years," the clerk of ward {n % 40} told reporters.'
    for n in range(int(sys.argv[1]))
)
records = read_records(text.encode(), "long.txt").records
found = find_tables(build_articles(records, run_id="run"), run_id="run", languages=("en",))
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(len(text), found["statements"].height, peak)
"""


def measure(paragraphs):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", RUN, str(paragraphs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [int(figure) for figure in done.stdout.split()[-3:]]


@pytest.mark.slow
@pytest.mark.skipif(not STATUS.exists(), reason=f"there is no {STATUS} to read the memory from")
def test_a_text_of_a_megabyte_stays_below_a_gigabyte():
    """Each of thousands of statements used to hold a copy of the whole text."""
    _, few, little = measure(600)
    length, many, much = measure(6900)
    assert 900_000 < length < 1_000_000 and many > 10 * few
    assert much < 1000 and much - little < 450  # megabytes, for eleven times the text
