"""Read and write the file of annotated articles next to a warehouse.

Each line is one article, in the format that `schema/annotation.py` declares. The explorer writes the file,
`onrecord annotate --export` copies its finished annotations for benchmarks and training, and each run applies the
corrections in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schema.annotation import AnnotationError, check_annotation, to_benchmark
from warehouse.files.write_whole import one_writer, read_whole, write_whole

MAX_BYTES = 500_000_000
Annotation = dict[str, Any]
_HALF_PAIR = re.compile(r"\\u[dD][89a-fA-F]")  # may be half of a surrogate pair, which no file can store


@dataclass(frozen=True)
class Annotations:
    """The file of annotated articles at `path`, which may be missing."""

    path: Path

    def read(self) -> list[Annotation]:
        """Read all annotations, oldest first; raise `AnnotationError` with the line number if a line is invalid."""
        try:
            data = read_whole(self.path, MAX_BYTES)
            if len(data) > MAX_BYTES:
                raise AnnotationError(f"{self.path} is larger than {MAX_BYTES:,} bytes")
            text = data.decode("utf-8-sig")
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise AnnotationError(f"{self.path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise AnnotationError(
                f"{self.path} is not UTF-8 at byte {error.start:,}; correct the file or restore a copy of it"
            ) from error
        numbered = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        return [self._parse(number, line) for number, line in numbered]

    def find(self, article_id: str) -> Annotation | None:
        """Return the annotation of an article, or None."""
        return next((one for one in self.read() if one["article"] == article_id), None)

    def save(self, annotation: Mapping[str, Any]) -> None:
        """Write the annotation of an article, replacing an earlier one; raise `AnnotationError` if it is invalid."""
        new = check_annotation(dict(annotation))
        with one_writer(self.path):
            rows = {one["article"]: one for one in self.read()}
            self._write((rows | {new["article"]: new}).values())

    def remove(self, article_id: str) -> bool:
        """Remove the annotation of an article; return whether it had one."""
        with one_writer(self.path):
            there = self.read()
            kept = [one for one in there if one["article"] != article_id]
            if len(kept) < len(there):
                self._write(kept)
        return len(kept) < len(there)

    def _parse(self, number: int, line: str) -> Annotation:
        try:
            annotation = json.loads(line)
            if _HALF_PAIR.search(line):
                json.dumps(annotation, ensure_ascii=False).encode()
            return check_annotation(annotation)
        except (ValueError, RecursionError) as error:
            raise AnnotationError(f"{self.path}, line {number}: not JSON: {str(error)[:200]}") from error
        except AnnotationError as error:
            raise AnnotationError(f"{self.path}, line {number}: {error}") from error

    def _write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        write_whole(self.path, lambda part: write_lines(part, rows))


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write one JSON object per line, in UTF-8."""
    text = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    path.write_text(text, encoding="utf-8", newline="")


def finished(annotations: Iterable[Annotation]) -> list[Annotation]:
    """Return the annotations that are marked as finished, for benchmarks and training."""
    return [to_benchmark(one) for one in annotations if one.get("is_finished")]
