"""The page about the checks is up to date and says what each check does."""

from pathlib import Path

from expectations.checks_page import main, write_page
from expectations.rulebook import open_rulebook

PAGE = Path(__file__).parents[2] / "docs" / "checks.md"


def test_the_page_about_the_checks_is_current():
    assert main(["--check", str(PAGE)]) == 0


def test_an_outdated_page_fails_the_check(tmp_path):
    page = tmp_path / "checks.md"
    assert main([str(page)]) == 0
    page.write_text(page.read_text() + "More.")
    assert main(["--check", str(page)]) == 1


def test_each_check_of_our_own_is_on_the_page():
    page = write_page(open_rulebook())
    for rule in open_rulebook().rules:
        assert (
            f"`{rule.table}" in page
            if rule.is_declared
            else f"`{rule.table}.{rule.name}` | {rule.effect} |" in page
        )
