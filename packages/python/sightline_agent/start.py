"""Decides whether this process is one to trace, and then only waits: nothing is loaded before a traced library is."""

from __future__ import annotations

import os
import sys

from . import after_import, bystanders
from .libraries import LIBRARIES, Library


def start() -> None:
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or bystanders.is_tool():
        return
    other = bystanders.other_tracer_around()
    if other is not None:
        _leave_to(other)
        return
    for module, tracer in bystanders.TRACER_MODULES.items():
        after_import.when_imported(module, lambda tracer=tracer: stand_down(tracer))
    for library in LIBRARIES:
        for module in library.modules:
            after_import.when_imported(module, lambda library=library: _instrument(library))
    after_import.install()


def _instrument(library: Library) -> None:
    from . import tracing

    tracing.instrument(library)


def stand_down(tracer: str) -> None:
    """The program traces itself: two of us would see every request twice."""
    from . import tracing

    if tracing.is_ours_importing():
        return
    after_import.forget()
    tracing.undo()
    _leave_to(tracer)


def _leave_to(tracer: str) -> None:
    sys.stderr.write(f"sightline: left alone, since {tracer} traces this program (process {os.getpid()})\n")
