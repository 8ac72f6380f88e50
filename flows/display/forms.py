"""The formats that answers are written in, and the endings of files that mean them."""

from __future__ import annotations

from typing import Literal

Form = Literal["table", "csv", "json", "jsonl", "parquet", "xlsx", "md", "markdown"]
FORMS = "table, csv, json, jsonl, parquet, xlsx, md"
BY_ENDING: dict[str, Form] = {
    ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
    ".xlsx": "xlsx", ".md": "md", ".markdown": "md", ".txt": "table",
}  # fmt: skip
BINARY = {"parquet", "xlsx"}
ONE_ANSWER = {"json", "parquet"}  # a second answer would spoil the file
