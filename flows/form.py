"""The form that Prefect's pages make of a flow's parameters: the few that people fill in first, the rest as one group.

Prefect reads it from the signature of the flow object; what a run is given is checked against the function itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic_settings import SettingsConfigDict

from flows.settings import Settings, form_schema

F = TypeVar("F")


def formed(first: Sequence[str], settings: Sequence[str]) -> Callable[[F], F]:
    """Have the form of a flow begin with the parameters `first`, and group those `settings` that the flow uses."""

    def shape(flow: F) -> F:
        # Types instead of their names: Prefect checks what a run is given where it does not know the names.
        function: Any = getattr(flow, "fn", flow)
        function.__annotations__ = inspect.get_annotations(function, eval_str=True)
        found = inspect.signature(flow, eval_str=True)  # type: ignore[arg-type]
        names = [*first, *(name for name in found.parameters if name not in first)]
        parameters = [found.parameters[name].replace(kind=inspect.Parameter.KEYWORD_ONLY) for name in names]
        group = _group(str(getattr(flow, "name", "flow")), settings)
        shown = [
            one.replace(annotation=group | None) if one.name == "settings" else one for one in parameters
        ]
        flow.__signature__ = found.replace(parameters=shown)  # type: ignore[attr-defined]
        return flow

    return shape


def _group(name: str, settings: Sequence[str]) -> Any:
    """The settings as the form of this flow shows them: only those that it uses."""

    def leave_out(schema: dict[str, Any]) -> None:
        form_schema(schema)
        kept = {"warehouse", *settings}
        schema["properties"] = {key: field for key, field in schema["properties"].items() if key in kept}

    config = SettingsConfigDict(json_schema_extra=leave_out, title="More settings")
    return type(f"{name.title()}Settings", (Settings,), {"model_config": config, "__module__": __name__})


def choose(settings: Settings | None, **given: Any) -> Settings:
    """The settings with what was given as parameters of their own; what is None or false leaves them as they are."""
    base = settings or Settings()
    wanted = {name: value for name, value in given.items() if value}
    return Settings(**(base.model_dump() | wanted)) if wanted else base
