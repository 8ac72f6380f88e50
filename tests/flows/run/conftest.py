"""Fixtures for the tests of runs."""

import pytest

from warehouse.staging import publish as publishing


@pytest.fixture(scope="module")
def no_index_and_counts():
    """Publish without search index, counts and stored views, for tests that read the main tables alone.

    They take a third of the time of publishing a few rows. `tests/warehouse/query` and `tests/flows/test_histories.py`
    test them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "update_index", lambda connection, version_no: None)
        patch.setattr(publishing, "update_figures", lambda connection, version_no, may_keep: True)
        yield
