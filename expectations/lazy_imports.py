"""Imports libraries without their optional dependencies that this product never uses.

DuckDB, PyArrow and Great Expectations import pandas; Great Expectations also imports chart and cloud libraries. That
takes longer than all checks of a small run, and no pandas frame is ever used here.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from types import ModuleType
from typing import Any


def leave_out(*names: str) -> None:
    """From now on, importing these modules raises ImportError, unless they are imported already or have a stand-in."""
    sys.meta_path.insert(0, LeftOut(names))


class LeftOut(MetaPathFinder, Loader):
    """An import finder that finds the excluded modules and refuses to load them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A spec as if the module were installed: some libraries look for it early and import it late."""
        return ModuleSpec(fullname, self) if fullname in self.names else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Always ImportError."""
        raise ImportError(f"{spec.name} is left out", name=spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Never called, because `create_module` raises."""


class StandIn(ModuleType):
    """Stands in for a module in annotations and `isinstance`: its classes exist and have no instances.

    Any other attribute comes from the real module, imported on first use, excluded or not.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """A class of the stand-in, or the real module's attribute."""
        if name == "__version__":
            return version(self.__name__.split(".")[0])
        if name.startswith("__"):
            raise AttributeError(name)
        if name[0].isupper():
            setattr(self, name, type(name, (), {}))
            return self.__dict__[name]
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, LeftOut)]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def leaner_imports(later: Sequence[str] = (), missing: Sequence[str] = ()) -> Iterator[None]:
    """Within the block, modules not imported yet have a stand-in (`later`) or seem not to be installed (`missing`).

    The garbage collector pauses meanwhile: it would scan objects again and again that stay anyway.
    """
    put = {name: StandIn(name) for name in later} | dict.fromkeys(missing)
    put = {name: module for name, module in put.items() if name not in sys.modules}
    sys.modules.update(put)  # type: ignore[arg-type]  # None says that there is no such module
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
        for name, module in put.items():
            if sys.modules.get(name, put) is module:
                del sys.modules[name]
