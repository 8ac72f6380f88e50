"""Real public exports and wire files: the number of articles in each, and that each is an article."""

import os
import re
from pathlib import Path

import pytest

from transforms.readers import read_records

REAL = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).resolve().parents[5] / "shared")) / "real"
EXPORTS = {
    "factiva-chinese-ui.html": 97, "factiva-german-ui.html": 100, "factiva-nyt_1_1993-01-03.html": 27,
    "lexis-guardian1.docx": 2, "lexis-guardian3.docx": 62, "lexis-nyt1.docx": 50, "lexis-usa-today.docx": 7,
    "lnt-sample.TXT": 10, "nexis-afp_2013-03-12_0501.html": 74, "nexis-irish-times_1995-06-12_0001.html": 166,
    "nexis-spiegel_2012-02-01_0001.html": 49, "nexis-washington-post.docx": 50, "temis-europresse_test1.html": 3,
    "temis-factiva_test.html": 2, "temis-lexisnexis_test_copyright_error.html": 1, "temis-lexisnexis_test_fr.html": 3,
}  # fmt: skip
SMALL_PRINT = re.compile(
    r"^(?:load-date:|date-chargement:|classification$|end of document|documents? \([0-9]+\)|[0-9]+ of [0-9]+ documents|"
    r"search terms:|narrowed by|all rights reserved|numéro de document|ce certificat|\.c[0-9]+ \{)",
    re.IGNORECASE | re.MULTILINE,
)


def read(folder, name):
    path = REAL / folder / name
    if not path.exists():
        pytest.skip("the shared files are not here")
    return read_records(path.read_bytes(), name)


@pytest.mark.parametrize(("name", "count"), EXPORTS.items())
def test_each_document_of_an_export_is_an_article(name, count):
    records = read("exports", name).records
    assert len(records) == count
    assert records["outlet"].null_count() == 0
    assert records["published_on"].null_count() == 0
    assert not [body[:80] for body in records["body"] if SMALL_PRINT.search(body)]


@pytest.mark.parametrize("folder", ["exports", "ninjs", "wire"])
def test_no_file_of_a_known_format_is_read_as_another(folder):
    if not (REAL / folder).exists():
        pytest.skip("the shared files are not here")
    for path in sorted((REAL / folder).iterdir()):
        reading = read_records(path.read_bytes(), path.name)
        assert reading.format not in ("html", "markdown"), path.name
        assert "\x02" not in "".join(reading.records["body"]), path.name
