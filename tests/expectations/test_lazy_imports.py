"""Imports skip some modules; whoever imports such a module later gets the real module."""

import gc
import subprocess
import sys
import textwrap

import pytest

from expectations.lazy_imports import leaner_imports


@pytest.fixture
def module_of(tmp_path, monkeypatch):
    """Makes modules, each from one source text; they are unloaded after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def make(name, text):
        (tmp_path / f"{name}.py").write_text(text)
        made.append(name)

    yield make
    for name in made:
        sys.modules.pop(name, None)


def test_a_library_is_imported_without_the_modules_that_are_hidden_from_it(module_of):
    module_of("clouds_of_test", "")
    module_of(
        "library_of_test",
        "try:\n    import clouds_of_test\n    has = True\nexcept ImportError:\n    has = False",
    )
    with leaner_imports(missing=["clouds_of_test"]):
        import library_of_test
    assert library_of_test.has is False
    import clouds_of_test  # noqa: F401  # nothing is missing afterwards


def test_classes_of_a_stand_in_have_no_instances_and_functions_are_the_real_ones(module_of):
    module_of("charts_of_test", "def draw():\n    return 'drawn'")
    with leaner_imports(later=["charts_of_test"]):
        import charts_of_test as stand_in
    assert not isinstance(1, stand_in.Chart)
    assert stand_in.Chart is stand_in.Chart
    assert stand_in.draw() == "drawn"


def test_a_module_that_has_been_imported_stays():
    import json

    with leaner_imports(later=["json"], missing=["json"]):
        import json as still

        assert still is json
        assert not gc.isenabled()
    assert gc.isenabled()


def test_pandas_is_imported_neither_by_the_gate_nor_by_a_query_in_the_command():
    code = """
        import sys
        from expectations.lazy_imports import leave_out
        leave_out("pandas")
        import expectations.suites
        from warehouse.files.connect import connect_memory
        assert connect_memory().sql("SELECT $1 AS a", params=[1]).pl()["a"].to_list() == [1]
        assert "pandas" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
