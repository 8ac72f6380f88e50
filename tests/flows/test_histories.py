"""A few histories of a warehouse; `python -m tests.flows.histories` runs more."""

import pytest

from tests.flows.histories import run_histories

pytestmark = pytest.mark.slow


def test_after_any_history_the_tables_are_those_of_a_fresh_warehouse():
    assert run_histories(examples=3, steps=8, number=1)["compared"] >= 3
