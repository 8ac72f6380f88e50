"""Publish generated tables, and withdraw them, in tests of what publishing stores."""

from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.withdraw import withdraw_articles, withdraw_superseded


def publish_tables(path, tables, run_id, change=lambda version: None):
    """Publish tables that `build_demo` made; `change` may change the staged version before."""
    with open_next(path, run_id) as version:
        version.stage({name: frame for name, frame in tables.items() if name not in ("runs", "files")})
        change(version)
        publish(version)


def withdraw_first(version):
    """Withdraw the articles of the first version: no file has them."""
    first = "SELECT article_id FROM main.articles WHERE since_version = 1"
    withdraw_articles(version, version.connection.sql(first).pl()["article_id"])
    withdraw_superseded(version)
