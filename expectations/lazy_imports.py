"""Libraries are imported without what they import for other uses than ours.

DuckDB, PyArrow and Great Expectations look for pandas, Great Expectations for charts and clouds as well: that takes
longer than all checks of a small run, and nothing here ever holds a pandas frame.
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
    """From now on importing these modules is an ImportError, unless they have been imported or are stood in for."""
    sys.meta_path.insert(0, LeftOut(names))


class LeftOut(MetaPathFinder, Loader):
    """Finds modules that are not to be imported, and then does not import them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """What is left out looks as if it were there: some libraries ask at once and import later."""
        return ModuleSpec(fullname, self) if fullname in self.names else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Always ImportError."""
        raise ImportError(f"{spec.name} is left out", name=spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Never comes to this."""


class StandIn(ModuleType):
    """Stands in for a module in annotations and `isinstance`: its classes are there and have no instances.

    Anything else of it is that of the real module, imported when it is first used, left out or not.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """A class of the stand-in's own, or what the real module has."""
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
    """Within the block, modules nobody has imported yet are stood in for (`later`) or not installed (`missing`).

    The garbage collector rests meanwhile: it would look again and again at what stays anyway.
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
