"""Import libraries without optional dependencies that On Record never uses.

DuckDB, PyArrow and Great Expectations import pandas; Great Expectations also imports chart and cloud libraries. Loading
all of these takes longer than all checks of a small run.
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
    """Make the import of these modules raise ImportError, unless they are already imported or replaced."""
    sys.meta_path.insert(0, LeftOut(names))


class LeftOut(MetaPathFinder, Loader):
    """An import finder that finds the excluded modules and refuses to load them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return a spec as if the module were installed, since some libraries first look for it and import it later."""
        return ModuleSpec(fullname, self) if fullname in self.names else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Raise ImportError."""
        raise ImportError(f"{spec.name} is not imported, because the checks do not need it", name=spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Never called, because `create_module` raises."""


class StandIn(ModuleType):
    """Replaces a module that is used only in annotations and `isinstance`: its classes have no instances.

    Other attributes come from the real module, which is imported on first use, even if it is left out.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """Return a class of the stand-in, or an attribute of the real module."""
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
    """Within the block, replace the modules `later` with stand-ins and hide the modules `missing`.

    Modules that are already imported stay. The garbage collector is off within the block, because it would repeatedly
    scan objects that all stay alive.
    """
    put = {name: StandIn(name) for name in later} | dict.fromkeys(missing)
    put = {name: module for name, module in put.items() if name not in sys.modules}
    sys.modules.update(put)  # type: ignore[arg-type]  # None makes the import fail
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
