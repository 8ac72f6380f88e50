"""Correction lines that the explorer proposes to a reader."""

import csv
import io
import shlex

import pytest

from report.explore.corrections import UnfitCorrectionError, plan_correction
from tests.warehouse.samples import ADA, ADA_PROFILE, OFFICE, as_frame, sample_run
from transforms.identify.corrections import parse_corrections
from warehouse.query.live import Live
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("corrections") / "w.duckdb"
    frames = sample_run()
    [ada] = frames["profiles"].filter(profile_id=ADA_PROFILE).to_dicts()
    frames["profiles"] = as_frame(
        "profiles", [*frames["profiles"].to_dicts(), ada | {"profile_id": "f" * 32}]
    )
    with open_next(path, "20240503T080000-aaaa") as version:
        version.stage(frames)
        publish(version)
    return path


@pytest.fixture
def reading(warehouse):
    with Live(warehouse).reading() as reading:
        yield reading


def form(action, *values, actor=ADA, note=""):
    return [("action", action), ("actor", actor), *(("value", value) for value in values), ("note", note)]


@pytest.mark.parametrize(
    "form, line",
    [
        (form("merge", OFFICE), f"merge,{ADA},{OFFICE},"),
        (form("merge", "", OFFICE), f"merge,{ADA},{OFFICE},"),
        (form("split", ADA_PROFILE), f"split,{ADA},{ADA_PROFILE},"),
        (form("rename", 'A "B", C\r\n'), f'rename,{ADA},"A ""B"", C",'),
        (form("kind", "group", note="=1+1\n\x1b[2J"), f"kind,{ADA},group,=1+1 [2J"),
    ],
)
def test_a_form_is_a_line_that_a_run_reads(reading, form, line):
    correction = plan_correction(reading, form)
    assert correction.line == line
    assert parse_corrections(f"action,actor,value,note\n{line}\n".encode(), "x").height == 1
    assert [cell or None for cell in next(csv.reader(io.StringIO(line)))] == [
        cell or None for cell in correction.cells
    ]


def test_the_command_is_one_for_a_shell(reading):
    correction = plan_correction(reading, form("rename", "$(reboot); 'x'", note="-why"))
    assert shlex.split(correction.command) == [
        "onrecord", "correct", "--note", "-why", "rename", ADA, "$(reboot); 'x'"
    ]  # fmt: skip
    correction = plan_correction(reading, form("rename", "--help"))
    assert shlex.split(correction.command)[2:] == ["--", "rename", ADA, "--help"]


@pytest.mark.parametrize(
    "form",
    [form("merge"), form("merge", ADA), form("merge", "nobody"), form("merge", OFFICE, ADA), form("split", "f" * 31),
     form("split", ADA_PROFILE, "f" * 32), form("rename", " \n"), form("kind", "ship"), form("drop", "x"),
     form("rename", "x", actor="' OR 1=1 --"), []],
    ids=str,
)  # fmt: skip
def test_a_change_without_effect_makes_no_line(reading, form):
    with pytest.raises(UnfitCorrectionError):
        plan_correction(reading, form)
