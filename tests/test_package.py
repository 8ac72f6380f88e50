"""What people install: the wheel and the source archive hold models, seeds and SQL, and the command works anywhere."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "schema",
    "seeds",
    "demo",
    "models",
    "training",
    "transforms",
    "expectations",
    "warehouse",
    "report",
    "flows",
)
ARTICLE = ROOT / "seeds" / "articles"


def tracked(*folders):
    listed = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {line for line in listed.stdout.splitlines() if (ROOT / line).is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder with the wheel and the source archive of the files in git."""
    uv = shutil.which("uv") or ROOT / ".uv" / "bin" / "uv"
    if not Path(uv).exists():
        pytest.skip("uv is not installed")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in tracked():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    done = subprocess.run([uv, "build", "--out-dir", out], cwd=source, capture_output=True, text=True)
    if done.returncode and "hatchling" in done.stderr:
        pytest.skip("the build backend cannot be fetched")
    assert done.returncode == 0, done.stderr
    return out


def test_the_wheel_has_all_files_of_the_packages_and_nothing_else(built):
    [wheel] = built.glob("*.whl")
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == tracked(*PACKAGES)
    assert {
        "models/tagger.onnx",
        "models/tagger.npz",
        "seeds/cues.csv",
        "warehouse/views/who_said_what.sql",
    } <= names


def test_the_source_archive_has_all_that_git_knows(built):
    [archive] = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {name for name in tracked() if not name.startswith(".")} <= names


@pytest.fixture(scope="module")
def outside(built, tmp_path_factory):
    """The unpacked wheel, and a folder with a blank in its name that is not a checkout."""
    place = tmp_path_factory.mktemp("out side")
    [wheel] = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(place / "installed")
    (place / "my news").mkdir()
    return place


@pytest.mark.parametrize("width", ["60", "200"])
@pytest.mark.parametrize(
    "command", [["--help"], ["--version"], ["formats"], ["settings"], ["doctor"], ["tables"]]
)
def test_the_command_works_outside_the_checkout_in_poor_surroundings(outside, command, width):
    """No git, no terminal, no UTF-8, no HOME folder, a blank in the folder's name."""
    environment = {
        "PATH": "/nowhere", "HOME": "/proc/nowhere", "LC_ALL": "C", "COLUMNS": width,
        "PYTHONPATH": str(outside / "installed"), "PYTHONSAFEPATH": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", *command],
        cwd=outside / "my news", env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=240,
    )  # fmt: skip
    said = (done.stdout + done.stderr).decode("utf-8", errors="replace")
    assert "Traceback" not in said and done.returncode == (
        4 if command == ["tables"] else done.returncode & 1
    ), said
    if command == ["--help"]:
        assert max(map(len, done.stdout.decode().splitlines())) <= int(width)


def test_a_run_publishes_outside_the_checkout(outside):
    shutil.copy(sorted(ARTICLE.glob("*.txt"))[0], outside / "my news" / "an article.txt")
    environment = {
        "PATH": "/nowhere", "HOME": "/proc/nowhere", "LC_ALL": "C", "PYTHONPATH": str(outside / "installed"),
        "PYTHONSAFEPATH": "1", "TMPDIR": os.environ.get("TMPDIR", "/tmp"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from flows.cli import main; main()", "ingest", "an article.txt"],
        cwd=outside / "my news", env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", errors="replace")
    assert (
        "Published" in done.stdout.decode("utf-8")
        and (outside / "my news" / "data" / "onrecord.duckdb").exists()
    )
