"""Paths in a variable of the Prefect server."""

import pytest

from flows.sources.base import SourceError
from flows.sources.variables import expand_variables, is_of_prefect


def test_a_variable_is_a_path_or_a_list_of_paths(prefect_here):
    from prefect.variables import Variable

    Variable.set("one_of_test", "inbox", overwrite=True)
    Variable.set("many_of_test", ["inbox", "s3://bucket/wires"], overwrite=True)
    Variable.set("none_of_test", {"path": "inbox"}, overwrite=True)
    paths = ["a.txt", "variable://one_of_test", "variable://many_of_test"]
    assert expand_variables(paths) == ["a.txt", "inbox", "inbox", "s3://bucket/wires"]
    for name in ("none_of_test", "there_is_none"):
        with pytest.raises(SourceError, match=f"variable://{name}: no Prefect variable"):
            expand_variables([f"variable://{name}"])


def test_only_prefect_can_resolve_variables_and_blocks():
    assert [is_of_prefect(path) for path in ("variable://a", "block://b", "s3://c", "d")] == [
        True,
        True,
        False,
        False,
    ]
