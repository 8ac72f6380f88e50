"""The addresses in docs/explore.md answer the questions there."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "explore.md").read_text(encoding="utf-8")
QUESTIONS = dict(re.findall(r"^\| ([^|`]+\??) \| `(/[^`]+)` \|$", PAGE, re.MULTILINE))


def test_there_are_at_least_ten_questions():
    assert len(QUESTIONS) >= 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered(site, question):
    path, _, part = QUESTIONS[question].partition("#")
    answer = site.get(path)
    assert answer.status == 200
    text = answer.text[answer.text.index(f'id="{part}"') :] if part else answer.text
    answers = text.count('class="hit"') + text[: text.index("</main>")].count("<tr><th")
    assert answers >= 1, text[:2000]


def test_no_question_takes_more_than_three_clicks(site):
    """One click from any page to the questions, one to the answer."""
    assert 'href="/questions"' in site.get("/search").text
    links = re.findall(r'href="([^"]+)"', site.get("/questions").text.partition('<ol class="questions">')[2])
    assert len([link for link in links if link.startswith("/search")]) >= 8
