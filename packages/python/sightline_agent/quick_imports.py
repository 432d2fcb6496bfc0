"""What OpenTelemetry imports at its start and does not use there: 70 ms of 190 without this. It is imported when it is used.

While OpenTelemetry is imported, stand-ins take these modules' places in `sys.modules`; a program that imports one of them
later, or in another thread meanwhile, gets the real one.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

# Who imports it: wrapt; the SDK's resource detectors; the instrumentation of logging.
_MODULES = ("asyncio", "subprocess", "logging.config")
# Parses with `packaging` what versions an instrumentation stands; `versions.py` does that here.
_DEPENDENCIES = "opentelemetry.instrumentation.dependencies"
_NAMES = ("DependencyConflict", "DependencyConflictError", "get_dependency_conflicts")


@contextmanager
def quick_imports() -> Iterator[None]:
    stand_ins = [_StandIn(name) for name in (*_MODULES, _DEPENDENCIES) if name not in sys.modules]
    for stand_in in stand_ins:
        sys.modules[stand_in.__name__] = stand_in
        if stand_in.__name__ == _DEPENDENCIES:
            vars(stand_in).update({name: _called_later(name) for name in _NAMES})
    try:
        yield
    finally:
        for stand_in in stand_ins:
            stand_in.leave()


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "__path__" and self.__name__ == _DEPENDENCIES:
            raise AttributeError(name)  # `from … import` asks whether it is a package
        self.leave()
        return getattr(importlib.import_module(self.__name__), name)

    def leave(self) -> None:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]


def _called_later(name: str) -> Any:
    """Whoever imports the function itself, as the instrumentations' base class does."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(_DEPENDENCIES), name)(*args, **kwargs)

    return call
