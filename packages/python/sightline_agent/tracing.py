"""OpenTelemetry in this process: its SDK is set up when the first traced library has been imported, and not before."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from typing import Any

from . import bundle, ending, report
from .libraries import LIBRARIES, Library
from .quick_imports import quick_imports

_lock = threading.RLock()
_importing = threading.local()
_instrumentors: list[Any] = []
_state: dict[str, Any] = {"started": False, "off": False, "provider": None}

# Not tied to the import of a module of their own: they are there from the start.
_always = tuple(library for library in LIBRARIES if not library.modules)


def is_ours_importing() -> bool:
    return getattr(_importing, "depth", 0) > 0


def instrument(library: Library) -> None:
    """Called when the library has been imported, before the program gets it."""
    with _lock:
        if not _start():
            return
        with report.starting():
            if library.name == "Django":
                _instrument_django(library)
            else:
                _instrument(library)


def undo() -> None:
    """The program traces itself: everything is as it was, and nothing is sent."""
    with _lock:
        _state["off"] = True
        for instrumentor in reversed(_instrumentors):
            instrumentor.uninstrument()
        _instrumentors.clear()
        if _state["provider"] is not None:
            _state["provider"].shutdown()


def _start() -> bool:
    """@returns whether spans can be made"""
    if _state["started"] or _state["off"]:
        return not _state["off"]
    _state["started"] = True
    try:
        with report.starting():
            _set_up()
    except Exception as error:
        _state["off"] = True
        report.failed("OpenTelemetry", error)
        sys.stderr.write(f"sightline: this program runs untraced: {error}\n")
    return not _state["off"]


def _set_up() -> None:
    bundle.provide()
    with _Importing(), quick_imports():
        from . import pipeline

        _state["provider"] = pipeline.set_up()
    ending.arrange(_state["provider"])
    for library in _always:
        _instrument(library)


class _Importing:
    """While it lasts, this thread's imports are ours."""

    def __enter__(self) -> None:
        _importing.depth = getattr(_importing, "depth", 0) + 1

    def __exit__(self, *_: object) -> None:
        _importing.depth -= 1


def _instrument(library: Library) -> None:
    """A version that is not traced, or that OpenTelemetry cannot stand, switches off this one alone."""
    scopes: set[str] = set()
    with _Importing():
        try:
            for path in library.instrumentors:
                scopes |= _apply(path)
        except Exception as error:
            report.failed(library.name, error)
            return
    report.used(library, scopes)


def _apply(path: str) -> set[str]:
    """@returns the names under which its spans come: those of the modules that it is made of"""
    from .versions import require

    module, _, name = path.partition(":")
    with quick_imports():
        instrumentor = getattr(importlib.import_module(module, "opentelemetry.instrumentation"), name)()
    require(instrumentor.instrumentation_dependencies())
    with _StableNames():
        instrumentor.instrument(skip_dep_check=True, **_options.get(path, {}))
    _instrumentors.append(instrumentor)
    return {base.__module__ for base in type(instrumentor).__mro__[:-1]} - {"abc", "opentelemetry.instrumentation.instrumentor"}


_options: dict[str, dict[str, Any]] = {
    # Ids in the records; the records themselves stay where the program sends them.
    ".logging:LoggingInstrumentor": {"inject_trace_context": True, "enable_log_auto_instrumentation": False},
    # Not a span for each message between server and application, which are three times as many and say nothing.
    ".fastapi:FastAPIInstrumentor": {"exclude_spans": ["receive", "send"]},
    ".starlette:StarletteInstrumentor": {"exclude_spans": ["receive", "send"]},
}


class _StableNames:
    """The attributes' stable names, unless somebody wants others. They are read once, when the first instrumentation starts."""

    _variable = "OTEL_SEMCONV_STABILITY_OPT_IN"

    def __enter__(self) -> None:
        self._before = os.environ.get(self._variable)
        if self._before is None:
            os.environ[self._variable] = "http,database"

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            os.environ.pop(self._variable, None)


def _instrument_django(library: Library) -> None:
    """Its instrumentation adds to the settings, which are there only once the project is loaded: at the first handler."""
    from django.core.handlers import base

    original = base.BaseHandler.load_middleware

    def load_middleware(self: Any, *args: Any, **kwargs: Any) -> Any:
        base.BaseHandler.load_middleware = original
        _instrument(library)
        return original(self, *args, **kwargs)

    base.BaseHandler.load_middleware = load_middleware
