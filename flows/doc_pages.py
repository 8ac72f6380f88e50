"""Write the pages `docs/cli.md` and `docs/settings.md` from the commands and the settings.

`python -m flows.doc_pages cli docs/cli.md` writes one page; `--check` fails if it is not current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from flows.commands.exit_codes import MEANINGS
from flows.provenance import FILE
from flows.settings import Settings

MADE = "<!-- Written by `make docs` from {source}; changes here are lost. -->"
WIDTH = 100  # width of the help texts in the page, in characters


def write_cli() -> str:
    """The text of `docs/cli.md`: the help of each command, and the exit codes."""
    from typer.main import get_command

    from flows.cli import app

    command = get_command(app)
    parts = [
        "# The command line",
        MADE.format(source="the commands"),
        "`onrecord COMMAND --help` shows the same in the terminal. The [glossary](glossary.md) explains the terms.",
        *_help(command, ["onrecord"]),
        "## Exit codes",
        "| code | meaning |\n|---|---|\n"
        + "\n".join(f"| {code} | {words} |" for code, words in MEANINGS.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _help(command: Any, words: list[str]) -> Iterator[str]:
    context = command.make_context(words[-1], [], resilient_parsing=True)
    context.info_name, context.max_content_width, context.terminal_width = " ".join(words), WIDTH, WIDTH
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"## {' '.join(words)}\n\n```text\n{text.strip()}\n```"
    for name, inner in getattr(command, "commands", {}).items():
        yield from _help(inner, [*words, name])


def write_settings() -> str:
    """The text of `docs/settings.md`: where settings are read from, and each setting with its default."""
    rows = "\n".join(_row(name, field) for name, field in Settings.model_fields.items())
    return f"""# Settings

{MADE.format(source="`flows/settings.py`")}

On Record looks for a setting in this order, and takes the first value it finds:

1. a command-line option, if there is one (`--wait 60`);
2. an environment variable: `ONRECORD_WAIT=60`;
3. the file `.env` in the folder in which you start the command: `ONRECORD_WAIT=60`;
4. the file `{FILE}` next to the warehouse: `wait = 60`.

An example of that file:

```toml
languages = ["en"]
keep_days = 30
thresholds = {{"speakers_are_resolved.min_share" = 0.2}}

[map]
body = "FullText"
```

`onrecord settings` prints each setting with its value and where the value comes from, but hides secret values. If a
setting has an unknown name, every command warns and suggests the most similar name, and `onrecord doctor` reports it
too. You cannot set the path of the warehouse in `{FILE}`, because On Record needs the path to find that file.

The [glossary](glossary.md) explains the terms. [limits.md](limits.md) says what happens to a file or article that
exceeds a limit.

| setting | environment variable | type | default | meaning |
|---|---|---|---|---|
{rows}
"""


def _row(name: str, field: FieldInfo) -> str:
    cells = [
        f"`{name}`",
        f"`ONRECORD_{name.upper()}`",
        _kind(field.annotation),
        _default(field),
        field.description or "",
    ]
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


KINDS = {
    bool: "true or false", int: "number", float: "number", str: "text", Path: "path", tuple: "list", list: "list",
    dict: "table",
}  # fmt: skip


def _kind(annotation: Any) -> str:
    choices = [one for one in get_args(annotation) if one is not type(None)] or [annotation]
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in choices)
    if get_origin(annotation) in (tuple, list, dict):
        return KINDS[get_origin(annotation)]
    if choices != [annotation]:
        return _kind(choices[0])
    return KINDS.get(annotation, "secret")


def _default(field: FieldInfo) -> str:
    value = field.default
    if value in (None, (), [], {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return (
        ", ".join(value)
        if isinstance(value, tuple)
        else f"{value:,}"
        if isinstance(value, int)
        else str(value)
    )


PAGES = {"cli": write_cli, "settings": write_settings}


def main(arguments: list[str]) -> int:
    """Write or check one page; returns the exit code."""
    is_check = "--check" in arguments
    name, target = [word for word in arguments if word != "--check"]
    text, file = PAGES[name](), Path(target)
    if not is_check:
        file.write_text(text, encoding="utf-8")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        print(f"{file} is not current; write it with: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
