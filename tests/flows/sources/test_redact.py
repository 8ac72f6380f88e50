"""No secret in an address reaches the ledger, a log or Prefect's database."""

import pytest

from flows.sources.redact import conceal, redact, reveal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://me:pw@news.example/a?page=2&token=abc", "https://***@news.example/a?page=2&token=***"),
        ("s3://KEY:SECRET@bucket/a.txt", "s3://***@bucket/a.txt"),
        ("https://b.example/a?X-Amz-Signature=1f&X-Amz-Date=2", "https://b.example/a?X-Amz-Signature=***&X-Amz-Date=***"),
        ("https://b.example/a?id=12&x=Zm9vYmFyYmF6cXV4enlmb29iYXJiYXo", "https://b.example/a?id=12&x=***"),
        ("simplecache::https://u@h/a", "simplecache::https://***@h/a"),
        ("cannot open https://u:p@h/a?sig=x, nor s3://b/c", "cannot open https://***@h/a?sig=*** nor s3://b/c"),
        ("https://news.example/@writer/a?q=rail+strike#top", "https://news.example/@writer/a?q=rail+strike#top"),
        ("folder/what?key=1.txt", "folder/what?key=1.txt"),
        ("ducklake:postgres:password=a'b host=db", "ducklake:postgres:password=***'b host=db"),
        ("postgres:host=db password = 'a b''c' user=me", "postgres:host=db password=*** user=me"),
        ("postgres:postgresql://me:pw@db/news", "postgres:postgresql://***@db/news"),
        ("inbox/password=1/a.txt", "inbox/password=1/a.txt"),
    ],
)  # fmt: skip
def test_secrets_of_addresses_are_starred(text, expected):
    assert redact(text) == expected


def test_a_concealed_source_is_readable_in_this_process():
    one, other = "https://h.example/a?token=1", "https://h.example/a?token=2"
    shown = [conceal(one), conceal(other), conceal(one)]
    assert shown == ["https://h.example/a?token=***", "https://h.example/a?token=***~", shown[0]]
    assert [reveal(source) for source in shown] == [one, other, one]
    assert [conceal(source) for source in shown] == shown  # settings are read again from what Prefect stored
    assert conceal("folder/a.txt") == reveal("folder/a.txt") == "folder/a.txt"
