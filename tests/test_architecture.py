"""Check which modules may import each other, and the form of each file, by reading the source without imports.

The rules follow from the design: data flows one way, and only one folder imports each heavy library.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = (
    "schema", "seeds", "demo", "models", "training", "transforms", "expectations", "warehouse", "flows", "report",
)  # fmt: skip
SOURCES = sorted(
    path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")
)  # fmt: skip
MAX_LINES = 500

# A library and the one folder that knows it.
OWNERS = {
    "prefect": "flows",
    "typer": "flows",
    "pydantic_settings": "flows",
    "fsspec": "flows",
    "watchfiles": "flows",
    "uvicorn": "flows",
    "distributed": "flows",
    "duckdb": "warehouse",
    "xlsxwriter": "warehouse",
    "Stemmer": "warehouse",
    "great_expectations": "expectations",
    "duckdb_engine": "expectations",
    "sqlalchemy": "expectations",
    "jinja2": "report",
    "markupsafe": "report",
    "vl_convert": "report",
    "onnxruntime": "transforms",
    "py3langid": "transforms",
    "rensa": "transforms",
} | dict.fromkeys(
    "docx lxml markdown_it openpyxl pypdfium2 trafilatura warcio yaml zstandard".split(), "transforms"
)  # fmt: skip
# A package and our other packages that it may import.
ALLOWED = {
    "schema": set(),
    "seeds": set(),
    "demo": {"schema", "seeds", "transforms"},
    "models": set(),
    "training": {"schema", "seeds", "models", "transforms"},
    "transforms": {"schema", "seeds", "models"},
    "expectations": {"schema", "warehouse"},
    "warehouse": {"schema"},
    "report": {"schema", "seeds", "warehouse"},
    "flows": {"schema", "seeds", "demo", "models", "transforms", "expectations", "warehouse", "report"},
}
# The layers: a module imports only from its own line or from lines above it.
# The longest name that a module is within counts.
LAYERS = """
schema
seeds
models
transforms.record
transforms.keys transforms.frames
transforms.readers.fields.dates
transforms.readers.limits transforms.readers.decode transforms.readers.content transforms.readers.records
transforms.readers.markup transforms.readers.format transforms.readers.guarded transforms.readers.clean
transforms.readers.fields
transforms.readers.formats.text
transforms.readers.build_record transforms.readers.row_record
transforms.readers.pages
transforms.readers.formats
transforms.readers
transforms.articles
transforms.language.language
transforms.language
transforms.extract
transforms.resolve
transforms.identify transforms.statements
transforms
demo training
warehouse.files
warehouse.query
warehouse.export warehouse.staging warehouse.lake
warehouse
expectations
report
flows.sources
flows.compute.bounds
flows.settings flows.outcome flows.provenance
flows.run.admit
flows.display flows.doctor.finding
flows.compute
flows.replicas
flows.run
flows.prefect.database flows.prefect.hostguard flows.prefect.impatience flows.prefect.server
flows
flows.prefect
flows.explore
flows.doctor
flows.commands
flows.cli
flows.doc_pages
""".strip().splitlines()
LAYER_OF = {name: number for number, line in enumerate(LAYERS) for name in line.split()}
# Modules of one name in several folders, because they are one step of the way in each of them.
SAME_STEP = {
    "attempt": "the last attempt: noted by a run, shown in the report",
    "audit": "published tables as if staged, the rules on them, the flow",
    "backup": "a copy of the file, and its way to a place for backups",
    "corrections": "lines of the file, what holds of them in the warehouse, where a run reads them",
    "charts": "of the report, and of the explorer",
    "datelines": "the data, and what is read with it",
    "role_tags": "the network that marks roles near names: trained in `training/`, run in `transforms/resolve/`",
    "guesses": "types and countries of actors: guessed, and learnt",
    "lake": "the lake, its secrets, its commands",
    "search": "statements by their words, and the page that shows them",
    "sketches": "the declaration, and those of the demonstration",
    "templating": "how pages of the report are filled in, and those of the explorer",
    "turns": "who speaks by the layout of a text, and the names at the head of turns",
    "withdraw": "articles taken back: in the staged tables, the flow, the command",
}
# Importing these takes seconds: nothing that a light command imports may import them before they are needed.
HEAVY = {
    "great_expectations", "duckdb_engine", "sqlalchemy", "onnxruntime", "torch",
    "docx", "lxml", "openpyxl", "pypdfium2", "trafilatura", "warcio",
    "py3langid", "fsspec", "aiohttp",
}  # fmt: skip
LIGHT = (
    "transforms.readers",
    "flows.cli",
    "warehouse.staging.publish",
    "expectations.gate",
    "report.page",
    "transforms.articles.articles",
)
# What would make a transform give another answer for the same frames.
IMPURE = {"time", "random", "secrets", "uuid", "socket", "urllib", "http", "requests", "httpx", "subprocess"}
IMPURE_CALLS = {"now", "today", "utcnow", "getenv", "environ", "urandom", "getpid"}


@cache
def read_text(path):
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def read_tree(path):
    return ast.parse(read_text(path), filename=str(path))


@cache
def imports_of(path):
    """Return the full names of everything that a file imports, including imports in functions."""
    return list(imported(read_tree(path)))


def imported(tree):
    """Return the full names of everything that a syntax tree imports, including imports in functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_at_once(tree):
    """Return the full names that a module imports when it loads; skips functions, classes and `TYPE_CHECKING`."""
    for node in tree.body:
        is_typing = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not is_typing:
            yield from imported(node)


def is_within(name, module):
    return name == module or name.startswith(f"{module}.")


@cache
def find_module(name):
    """Return the file of our module that defines a full name, or is that name; None for names of libraries."""
    parts = name.split(".")
    for size in range(len(parts), 0, -1):
        for path in (Path(*parts[:size]).with_suffix(".py"), Path(*parts[:size], "__init__.py")):
            if (ROOT / path).is_file():
                return path
    return None


def libraries_reached(name):
    """Return the libraries that `import name` imports, directly or through modules of ours."""
    libraries, seen, waiting = set(), set(), [name]
    while waiting:
        parts = waiting.pop().split(".")
        for size in range(1, len(parts) + 1):  # a package is imported before what is in it
            path = find_module(".".join(parts[:size]))
            if path is None:
                libraries.add(parts[0])
            elif path not in seen:
                seen.add(path)
                waiting += imported_at_once(read_tree(path))
    return libraries


def is_training(path):
    """Whether a file belongs to training, which may use more libraries because it is run by hand."""
    return is_within(".".join(path.parts), "training")


def test_the_folder_of_a_language_is_imported_by_the_languages_alone():
    """All other modules read words through a `Language`, so that another language can replace it."""
    languages = ROOT / "transforms" / "language"
    own = [f"transforms.language.{path.parent.name}" for path in languages.glob("*/__init__.py")]
    others = [path for path in SOURCES if not path.is_relative_to("transforms/language")]
    found = [
        f"{path} imports {name}"
        for path in others
        for name in imports_of(path)
        if any(is_within(name, one) for one in own)
    ]
    assert own and not found


def test_a_library_is_imported_by_one_folder_alone():
    assert not [
        f"{path} imports {name}"
        for path in SOURCES
        for name in imports_of(path)
        if OWNERS.get(name.split(".")[0]) not in (None, path.parts[0]) and not is_training(path)
    ]


def test_data_flows_one_way():
    assert not [
        f"{path} imports {name}"
        for path in SOURCES
        for name in imports_of(path)
        if (package := name.split(".")[0]) in PACKAGES
        and package != path.parts[0]
        and package not in ALLOWED[path.parts[0]]
    ]


def name_of(path):
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def modules_of_ours(path):
    """Return the names of our modules that a file imports."""
    found = {find_module(name) for name in imports_of(path)} - {None, path}
    return {name_of(module) for module in found if module.parts[0] in PACKAGES}


def layer(name):
    """Return the index of the line in LAYERS that names the package of a module."""
    parts = name.split(".")
    return next(
        LAYER_OF[head] for size in range(len(parts), 0, -1) if (head := ".".join(parts[:size])) in LAYER_OF
    )


def test_no_import_runs_upwards():
    assert not [
        f"{path} imports {name}, which stands below it"
        for path in SOURCES
        for name in modules_of_ours(path)
        if layer(name) > layer(name_of(path))
    ]


def test_every_line_of_the_order_names_a_module():
    optional = {"flows.provenance"}
    assert not [name for name in LAYER_OF if not find_module(name) and name not in optional]


def find_circles(graph):
    """Return the modules left in a graph after repeatedly removing the modules that import no other."""
    left = dict(graph)
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    return left


def test_no_modules_import_each_other():
    assert not find_circles({name_of(path): modules_of_ours(path) for path in SOURCES})


def test_circles_are_found():
    assert find_circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}).keys() == {"a", "b", "c"}


def is_language(path):
    return path.parts[:2] == ("transforms", "language") and len(path.parts) == 4


def test_no_two_modules_have_one_name_by_accident():
    """Within a package, no two modules share a name, except commands, which have the name of what they run."""
    folders = defaultdict(list)
    for path in SOURCES:
        if path.name != "__init__.py" and path.parts[:2] != ("flows", "commands"):
            # Folders of languages hold modules of the same names.
            folders[path.stem].append(Path("a language") if is_language(path) else path.parent)
    twice = {name: found for name, found in folders.items() if len(set(found)) > 1}
    assert not twice.keys() - SAME_STEP.keys(), twice
    assert not SAME_STEP.keys() - twice.keys(), "listed, and there once"


@pytest.mark.parametrize("name", LIGHT)
def test_heavy_imports_wait_until_they_are_needed(name):
    assert not libraries_reached(name) & HEAVY


def test_heavy_imports_are_found_through_other_modules():
    assert "great_expectations" in libraries_reached("expectations.suites")


def called_attributes(tree):
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_transforms_use_no_clock_environment_network_or_chance():
    transforms = [path for path in SOURCES if path.parts[0] == "transforms"]
    assert not [
        (path, name) for path in transforms for name in imports_of(path) if name.split(".")[0] in IMPURE
    ]
    assert not [
        (path, names) for path in transforms if (names := called_attributes(read_tree(path)) & IMPURE_CALLS)
    ]


@pytest.mark.parametrize("name", ["tables", "ledger_tables", "sketches", "derive", "errors"])
def test_what_everyone_may_import_imports_polars_alone(name):
    names = {module.split(".")[0] for module in imports_of(Path("schema") / f"{name}.py")}
    standard = {"__future__", "argparse", "collections", "dataclasses", "pathlib", "sys", "typing"}
    assert names <= standard | {"polars", "schema"}


def test_a_module_says_what_it_is():
    assert not [
        path for path in SOURCES if read_text(path).strip() and not ast.get_docstring(read_tree(path))
    ]


def test_a_module_is_short():
    assert not [path for path in SOURCES if len(read_text(path).splitlines()) > MAX_LINES]


def test_names_of_functions_are_specific_verbs():
    assert not [
        f"{path}: {node.name}"
        for path in SOURCES
        for node in ast.walk(read_tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.strip("_").split("_")[0] in ("process", "handle", "do", "run_all")
    ]


def test_no_group_is_possessive():
    """Python before 3.11.5 matches possessive groups wrongly: in "left." the full stop becomes part of the word."""
    assert not [path for path in SOURCES if re.search(r"\)[*+?]\+", read_text(path))]


def test_a_view_begins_with_its_grain():
    views = sorted((ROOT / "warehouse" / "views").glob("*.sql"))
    assert views and not [path for path in views if not read_text(path).startswith("-- One row is one ")]


def test_every_test_module_mirrors_the_place_of_the_module_it_tests():
    for test in (ROOT / "tests").glob("*/**/test_*.py"):
        folder = test.parent.relative_to(ROOT / "tests")
        assert (ROOT / folder).is_dir() or folder.parts[0] == "golden", f"{test} mirrors no folder"
