"""List the output formats of answers, and the file endings that select these formats."""

from __future__ import annotations

from typing import Literal

Form = Literal["table", "csv", "json", "jsonl", "parquet", "xlsx", "md", "markdown"]
FORMS = "table, csv, json, jsonl, parquet, xlsx, md"
BY_ENDING: dict[str, Form] = {
    ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
    ".xlsx": "xlsx", ".md": "md", ".markdown": "md", ".txt": "table",
}  # fmt: skip
BINARY = {"parquet", "xlsx"}
ONE_ANSWER = {"json", "parquet"}  # formats whose files can hold only one answer
