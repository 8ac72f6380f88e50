"""Kill a real run repeatedly; `python -m bench.crash` does the same a hundred times."""

import pytest

from bench.crash import SAMPLES, crash, prepare

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, served):
    return prepare(tmp_path_factory.mktemp("undisturbed"), sorted(SAMPLES.glob("*.txt"))[:8], served)


@pytest.mark.parametrize("publish", ["copy", "in_place"])
def test_a_run_that_is_killed_and_started_again_loses_and_doubles_nothing(
    tmp_path, served, undisturbed, publish
):
    environment = served | {"ONRECORD_PUBLISH": publish}
    figures = crash(tmp_path, undisturbed, 2, seed=len(publish), environment=environment)
    assert figures["kills"] == 2
