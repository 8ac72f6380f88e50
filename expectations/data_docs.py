"""Write the results of a run as Great Expectations' Data Docs: a folder of HTML pages with an `index.html`.

The pages load their styles from the web. On Record's own report is in `report/`.

This module imports Great Expectations, which takes seconds, so import it only where it is used.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from expectations.datasource import StagedBatches  # isort: skip  # first: it skips slow imports
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)


def write_data_docs(batches: StagedBatches, folder: Path, run_id: str) -> Path:
    """Write the pages of all validated suites, replacing older pages; return the path of the index page."""
    context = batches.context
    run = RunIdentifier(run_id)
    for result in batches.validated.values():
        result.meta["run_id"] = run.to_json_dict()  # type: ignore[arg-type]  # the form that Data Docs reads
        context.validation_results_store.set(_identify(result, run), result)
    if folder.exists():
        shutil.rmtree(folder)
    context.add_data_docs_site("run", {
        "class_name": "SiteBuilder",
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.resolve())},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    })  # fmt: skip
    context.build_data_docs(["run"])
    return folder / "index.html"


def _identify(result: ExpectationSuiteValidationResult, run: RunIdentifier) -> ValidationResultIdentifier:
    suite = ExpectationSuiteIdentifier(result.suite_name)
    return ValidationResultIdentifier(suite, run, result.suite_name)
