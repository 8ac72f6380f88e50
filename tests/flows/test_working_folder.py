"""A working folder with modules named like libraries: none of our processes imports them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = {
    "a process that reads": """
from flows.compute.readers import Bounds, Reader
from flows.sources.local import FileBytes
from transforms.readers import Options
reader = Reader(Bounds())
[(_, _, reading)] = reader.read_all(iter([(FileBytes("a", b"The mill was sold, she said."), None)]), Options())
reader.close()
print(reading.records.height)
""",
    "processes that analyse": """
from flows.compute.pool import end_pool
from flows.compute.workers import prestart, _prestarted
if __name__ == "__main__":
    with prestart(2):
        pool = _prestarted.get().take()
        print(pool.submit(len, "a").result())
        end_pool(pool)
""",
    "Prefect's server": """
from pathlib import Path
from flows.prefect.server import use_server
use_server(Path("state"))
print(1)
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_nothing_is_imported_from_the_working_folder(tmp_path, program):
    """A file `uvicorn.py` in the folder used to be run by `onrecord ingest .`."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name in (
        "polars",
        "pickle",
        "uvicorn",
        "prefect",
        "multiprocessing",
        "lxml",
        "numpy",
        "sitecustomize",
    ):
        (folder / f"{name}.py").write_text(
            "from pathlib import Path\nPath('ran').touch()\nraise SystemExit(9)\n"
        )
    script = tmp_path / "program.py"
    script.write_text(program)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    environment = kept | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, script], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert (done.stdout, (folder / "ran").exists()) == ("1\n", False), done.stderr[-2000:]
