"""Copy an empty warehouse instead of creating its tables, views and macros in each test that publishes a first version.

Creating them takes as long as all else that publishing does. `tests/warehouse/staging/test_first_files.py` checks that
a first version is the same either way.
"""

import shutil
from contextlib import contextmanager

import pytest

from schema.derive import ddl
from warehouse.files.catalog import describe
from warehouse.files.connect import connect
from warehouse.query.figures import update_figures
from warehouse.query.search import update_index
from warehouse.staging import publish as publishing

create_file = publishing._copy  # of the product, which creates no file for a first version


@contextmanager
def copied_from(empty):
    """Within the block, first versions begin as copies of the file `empty`, which the first of them creates."""

    def begin(published):
        path = create_file(published)
        if not published.exists():
            if not empty.exists():
                build_empty(empty)
            shutil.copy(empty, path)
        return path

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publishing, "_copy", begin)
        yield


def build_empty(path):
    """Create what publishing a first version creates, except rows."""
    with connect(path) as connection:
        connection.execute(ddl())
        update_index(connection, 0)
        update_figures(connection, 0)
        connection.execute("DELETE FROM figures.state")
        describe(connection)
