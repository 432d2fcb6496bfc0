"""Calls back when a module has been imported, before whoever imports it gets it.

A finder in front of all others lets them find the module, and adds the call to its loader. It is asked for every
import, so all it does for the others is to look into a dictionary.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # every Python process loads this: `typing` takes longer than all of ours
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_callbacks: dict[str, list[Callable[[], None]]] = {}
_searching: set[str] = set()


def when_imported(module: str, callback: Callable[[], None]) -> None:
    """Once. Where the module is there already, at `install`. What the callback raises is counted, and not passed on."""
    _callbacks.setdefault(module, []).append(callback)


def install() -> None:
    sys.meta_path.insert(0, _Finder())
    for module in [name for name in _callbacks if name in sys.modules]:
        _call(module)


def forget() -> None:
    _callbacks.clear()


class _Finder:
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in _callbacks or name in _searching:
            return None
        _searching.add(name)
        try:
            spec = _find_with_others(self, name, path, target)
        finally:
            _searching.discard(name)
        if spec is not None and spec.loader is not None:
            _add_call(spec, name)
        return spec


def _find_with_others(
    finder: _Finder, name: str, path: Sequence[str] | None, target: ModuleType | None
) -> ModuleSpec | None:
    for other in sys.meta_path:
        find_spec = None if other is finder else getattr(other, "find_spec", None)
        spec = find_spec(name, path, target) if find_spec else None
        if spec is not None:
            return spec
    return None


def _add_call(spec: ModuleSpec, name: str) -> None:
    """The loader stays what it is, since others look at its class; only this object's method is another one."""
    loader = spec.loader
    exec_module = getattr(loader, "exec_module", None)
    if exec_module is None:
        return

    def exec_and_call(module: ModuleType) -> None:
        exec_module(module)
        _call(name)

    try:
        loader.exec_module = exec_and_call  # type: ignore[union-attr, method-assign]
    except AttributeError:
        return  # a loader without a dictionary of its own, such as those of frozen modules


def _call(module: str) -> None:
    from . import report

    for callback in _callbacks.pop(module, []):
        try:
            callback()
        except Exception as error:
            report.failed(module, error)
