"""The file of annotated articles next to a warehouse: one article per line, as `schema/annotation.py` describes it.

The explorer writes it, `onrecord annotate --export` hands it to benchmarks and training, and each run applies the
corrections in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from schema.annotation import AnnotationError, check_annotation, to_benchmark
from warehouse.files.write_whole import write_whole

MAX_BYTES = 500_000_000
Annotation = dict[str, Any]


@dataclass(frozen=True)
class Annotations:
    """The annotated articles in a file, which need not be there."""

    path: Path
    _writing: Lock = field(default_factory=Lock, compare=False)

    def read(self) -> list[Annotation]:
        """All of them, in the order in which they were first saved; `AnnotationError` names a line that is none."""
        try:
            if self.path.stat().st_size > MAX_BYTES:
                raise AnnotationError(f"{self.path} is larger than {MAX_BYTES:,} bytes")
            text = self.path.read_bytes().decode("utf-8-sig")
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise AnnotationError(f"{self.path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise AnnotationError(f"{self.path} is not UTF-8: byte {error.start:,}") from error
        numbered = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        return [self._parse(number, line) for number, line in numbered]

    def find(self, article_id: str) -> Annotation | None:
        """The annotation of an article."""
        return next((one for one in self.read() if one["article"] == article_id), None)

    def save(self, annotation: Mapping[str, Any]) -> None:
        """Write the annotation of an article in the place of an earlier one; `AnnotationError` when it is none."""
        new = check_annotation(dict(annotation))
        with self._writing:
            rows = {one["article"]: one for one in self.read()}
            self._write((rows | {new["article"]: new}).values())

    def remove(self, article_id: str) -> bool:
        """Take the annotation of an article out of the file; whether there was one."""
        with self._writing:
            there = self.read()
            kept = [one for one in there if one["article"] != article_id]
            if len(kept) < len(there):
                self._write(kept)
        return len(kept) < len(there)

    def _parse(self, number: int, line: str) -> Annotation:
        try:
            return check_annotation(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise AnnotationError(f"{self.path}, line {number}: no JSON: {str(error)[:200]}") from error
        except AnnotationError as error:
            raise AnnotationError(f"{self.path}, line {number}: {error}") from error

    def _write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        write_whole(self.path, lambda part: write_lines(part, rows))


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object per line, in UTF-8."""
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    path.write_text(text, encoding="utf-8", newline="")


def finished(annotations: Iterable[Annotation]) -> list[Annotation]:
    """Those that are finished, as benchmarks and training have them."""
    return [to_benchmark(one) for one in annotations if one.get("is_finished")]
