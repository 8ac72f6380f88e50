"""Find the paragraphs of a page that are not part of its article."""

import pytest

from transforms.readers.pages.page_prompts import drop_prompts, is_prompt


@pytest.mark.parametrize(
    "paragraph",
    [
        "READ MORE: Ferries late again",
        "Also read – Ferries late again",
        "MORE : Ferries late again",
        "Related article: Ferries late again",
        "Photo: Ada Example",
        "Image caption",
        "Advertisement",
        "Story continues below advertisement",
        "Sign up for our morning newsletter to get the news from the harbour every day.",
        "Get the latest from the harbour in your inbox",
        "Follow us on Facebook and Instagram.",
        "Subscribe to read on.",
        "Do you have a story? Email us at news@harbourpost.example.",
        "To comment on this story, log in or create an account.",
        "Download the Harbour app here.",
        "Click here for the map of the lock.",
        "© 2019 Harbour Post. All rights reserved.",
        "Harbour Post may earn a commission from links on this page.",
        "More from Harbour Post",
        "Share this article",
        "Leave a comment",
    ],
)
def test_prompts_pointers_and_notices(paragraph):
    assert is_prompt(paragraph)


@pytest.mark.parametrize(
    "paragraph",
    [
        "“Sign up for our newsletter,” the mayor told the crowd.",
        "Follow the money, the auditor said, and the lock becomes clear.",
        "Read the report and you will see that nobody paid, Ms Quill said.",
        "Get the lock open by Monday, the council told the builders.",
        "More than 40 ferries were late on Monday, the port said.",
        "More: that is what the union wants from the port, its leader said in a letter of four pages to all members.",
        "Photographs of the lock were shown to the court.",
        "Copyrights on the songs will end in June, a judge ruled.",
        "The council will send its answer by e-mail to all subscribers of the water board.",
        "Comments by the minister angered the union.",
        "What next",
        "Listen carefully, she said.",
        "Our lock is old, the keeper said.",
        "Dorothea Quill: We are glad it is over.",
    ],
)
def test_sentences_of_an_article_stay(paragraph):
    assert not is_prompt(paragraph)


def test_who_the_authors_are_is_left_out_at_the_ends_of_the_text():
    text = "The lock opened.\n\n" + "It was late.\n\n" * 8 + "Ada Example is a reporter at Harbour Post."
    assert "reporter" not in drop_prompts(text, "Ada Example, Ben Sample")
    assert "reporter" in drop_prompts(text, "Ben Sample")


def test_a_text_of_prompts_alone_stays():
    assert drop_prompts("Advertisement", None) == "Advertisement"
