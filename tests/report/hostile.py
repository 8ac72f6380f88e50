"""A published warehouse in which every text is an attack: markup, quotation marks, direction marks, templates."""

from datetime import timedelta

from tests.warehouse.samples import RUN_DAY, as_frame, changed, sample_run
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

RUN = "20240503T080000-aaaa"
TEMPLATE = "{{ 7919 * 7907 }}"
# What a template engine would put in place of TEMPLATE: no clock, count or id looks like it.
EXECUTED = "62615533"
HOSTILE = f"<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{TEMPLATE}\u202egnp.exe"
CHECK = {"run_id": RUN, "table_name": "articles", "severity": "warning", "success": False, "failing_count": 4,
         "observed": HOSTILE, "expected": HOSTILE, "reason": HOSTILE, "sql": f"SELECT '{HOSTILE}'"}  # fmt: skip
REJECT = {"run_id": RUN, "reject_no": 1, "stage": "read", "path": HOSTILE, "reason_code": HOSTILE,
          "reason": HOSTILE}  # fmt: skip


def publish_run(folder, frames, run_id=RUN):
    with open_next(folder / "w.duckdb", run_id) as version:
        version.stage(frames)
        publish(version)
    return folder / "w.duckdb"


def publish_hostile(folder):
    """Publish a warehouse with six runs of metrics, in whose first article all texts are attacks; return its path."""
    frames = sample_run(6)
    for column in ("headline", "outlet", "body"):
        frames = changed(frames, "articles", 0, **{column: HOSTILE})
    for row in range(4):
        frames = changed(frames, "statements", row, content=HOSTILE, cue=HOSTILE, role=HOSTILE)
    for article in range(6):
        day = RUN_DAY - timedelta(days=article % 5)
        frames = changed(frames, "articles", article, published_on=day)
        for row in (2 * article, 2 * article + 1):
            kind = ("direct", "indirect", "mixed")[row % 3]
            frames = changed(frames, "statements", row, published_on=day, kind=kind)
    frames = changed(frames, "statements", 11, actor_id=None, speaker_resolution="nominal")
    frames = changed(frames, "actors", 0, name=HOSTILE)
    article_id = frames["articles"]["article_id"][0]
    examples = f'[{{"article_id": "{article_id}", "value": "<b>bold</b>"}}]'
    frames["checks"] = as_frame("checks", [
        CHECK | {"check_name": HOSTILE, "examples": examples},
        CHECK | {"check_name": "cue_is_listed", "severity": "info"},
        CHECK | {"check_name": "key_is_unique", "severity": "critical", "success": True, "failing_count": 0},
    ])  # fmt: skip
    frames["metrics"] = as_frame("metrics", [
        {"run_id": run_id, "metric": "articles_of_outlet", "scope": HOSTILE, "value": value, "row_count": 9}
        for run_id, value in [*((f"2024040{day}", 10.0 + day) for day in range(1, 7)), (RUN, 4.0)]
    ])  # fmt: skip
    frames["rejects"] = as_frame("rejects", [REJECT])
    return publish_run(folder, frames)
