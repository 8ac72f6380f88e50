"""No library sends telemetry or writes files for it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOAD = "import flows; from transforms.extract.tagger import load_tagger; load_tagger()"


def test_loading_the_model_writes_nothing_into_the_home_folder(tmp_path):
    """onnxruntime keeps a device id and a queue of telemetry in the home folder, unless this is switched off."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG", "ORT"))}
    kept.pop("CI", None)  # with it, onnxruntime is silent anyway
    command = [sys.executable, "-c", LOAD]
    subprocess.run(command, env=kept | {"HOME": str(tmp_path)}, cwd=ROOT, check=True, timeout=120)
    assert list(tmp_path.rglob("*")) == []
