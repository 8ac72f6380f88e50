"""Shape the form that Prefect's pages show for a flow: the most used parameters first, the settings in one group.

Prefect reads the form from the signature of the flow object. It checks the parameters of a run against the function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic_settings import SettingsConfigDict

from flows.settings import Settings, form_schema

F = TypeVar("F")


def formed(first: Sequence[str], settings: Sequence[str]) -> Callable[[F], F]:
    """Decorate a flow: its form begins with the parameters `first`, and groups the `settings` that it uses."""

    def shape(flow: F) -> F:
        # Prefect resolves annotations in a module without these names, so they must be types, not strings.
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
    """A subclass of Settings whose form shows only the settings that this flow uses."""

    def leave_out(schema: dict[str, Any]) -> None:
        form_schema(schema)
        kept = {"warehouse", *settings}
        schema["properties"] = {key: field for key, field in schema["properties"].items() if key in kept}

    config = SettingsConfigDict(json_schema_extra=leave_out, title="More settings")
    return type(f"{name.title()}Settings", (Settings,), {"model_config": config, "__module__": __name__})


def choose(settings: Settings | None, **given: Any) -> Settings:
    """Override the settings with the parameters `given`; a parameter that is None or false overrides nothing."""
    base = settings or Settings()
    wanted = {name: value for name, value in given.items() if value}
    return Settings(**(base.model_dump() | wanted)) if wanted else base
