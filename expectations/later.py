"""Names of modules -> stand-ins that import the real module when something of it is first used.

`importlib.util.LazyLoader` is made for this, but on Python 3.11 a second `import` of the module already loads it.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands in `sys.modules` for a module that has not been imported yet."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "Imported when it is first used.")
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        """The attribute of the real module; asking for a dunder loads nothing."""
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def import_later(*names: str) -> None:
    """Put stand-ins for modules that have not been imported; those that have been stay as they are."""
    for name in names:
        sys.modules.setdefault(name, Later(name))
