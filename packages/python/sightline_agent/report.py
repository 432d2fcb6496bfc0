"""What the agent in this process says about itself at its end: `SIGHTLINE_REPORT=1` for a person, `json:FILE` for doctor.

The same fields as the Node agent's (packages/wire/src/agent-report.ts).
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import __version__
from .libraries import Library

_started = time.perf_counter()
_failures: dict[str, tuple[int, str]] = {}
libraries: dict[str, dict[str, Any]] = {}
_by_scope: dict[str, dict[str, Any]] = {}
counts = {"made": 0, "sent": 0, "refused": 0, "requests": 0, "bytes": 0}
facts: dict[str, Any] = {"service": "", "start_ms": 0.0, "start_cpu_ms": 0.0, "last_problem": "", "hints": []}


def failed(where: str, error: BaseException) -> None:
    """A part of ours failed, which the program did not notice."""
    count, _ = _failures.get(where, (0, ""))
    reason = str(error) if type(error).__module__ == f"{__package__}.versions" else f"{type(error).__name__}: {error}"
    _failures[where] = (count + 1, reason)
    if os.environ.get("OTEL_LOG_LEVEL", "").lower() in ("debug", "info", "warn", "error"):
        sys.stderr.write(f"sightline: {where}: {reason}\n")


def hint(text: str) -> None:
    facts["hints"].append(text)


@contextmanager
def starting() -> Iterator[None]:
    """What is done in it is the agent's start."""
    began, began_cpu = time.perf_counter(), time.thread_time()
    try:
        yield
    finally:
        facts["start_ms"] += (time.perf_counter() - began) * 1000
        facts["start_cpu_ms"] += (time.thread_time() - began_cpu) * 1000


def used(library: Library, scopes: set[str]) -> None:
    """@param scopes: the names under which its spans come, or those above them"""
    entry = {"name": library.name, "packages": list(library.packages), "files": 0, "events": 0, "spans": 0, "disabled": False}
    libraries[library.name] = entry
    for scope in scopes:
        _by_scope[scope] = entry


def counted(scope: str) -> None:
    """A span has ended."""
    counts["made"] += 1
    library = _library_of(scope)
    if library is not None:
        library["spans"] += 1
        library["events"] += 1


def _library_of(scope: str) -> dict[str, Any] | None:
    """`opentelemetry.instrumentation.botocore.s3` is one of botocore's."""
    while scope and scope not in _by_scope:
        scope = scope.rpartition(".")[0]
    return _by_scope.get(scope)


def write() -> None:
    """Once, at the end of the process."""
    wanted = os.environ.get("SIGHTLINE_REPORT", "")
    if wanted.startswith("json:"):
        with open(wanted[len("json:") :], "a", encoding="utf-8") as file:
            file.write(json.dumps(_report()) + "\n")
    elif wanted.lower() in ("1", "true"):
        _print(_report())


def _report() -> dict[str, Any]:
    made, sent, refused = counts["made"], counts["sent"], counts["refused"]
    return {
        "agent": __version__,
        "python": platform.python_version(),
        "pid": os.getpid(),
        "service": facts["service"],
        "entryFormat": "unknown",
        **({"endpoint": facts["endpoint"]} if facts.get("endpoint") else {}),
        "wallMs": (time.perf_counter() - _started) * 1000,
        "processCpuMs": time.process_time() * 1000,
        "agentCpuMs": facts["start_cpu_ms"],
        "startMs": facts["start_ms"],
        "libraries": [{**library, "packages": _versions(library["packages"])} for library in libraries.values()],
        "manualSpans": made - sum(library["spans"] for library in libraries.values()),
        "spans": {
            "made": made,
            "sent": sent,
            "unsent": max(0, made - sent - refused) if facts.get("endpoint") else 0,
            "droppedQueueFull": 0,
            "droppedRefused": refused,
            "droppedRejected": 0,
            "droppedTooLarge": 0,
            "unsampled": 0,
            "keptExceptional": 0,
        },
        "requests": counts["requests"],
        "bytes": counts["bytes"],
        "lastProblem": facts["last_problem"],
        "failures": [{"where": where, "count": count, "off": True} for where, (count, _) in _failures.items()],
        "conflicts": [],
        "hints": [*facts["hints"], *(f"{where} is not traced: {error}" for where, (_, error) in _failures.items())],
    }


def _versions(packages: list[str]) -> list[dict[str, Any]]:
    """What the program has of a library, as far as it has it."""
    from importlib import metadata  # takes longer to import than all the rest of this

    found = []
    for name in packages:
        try:
            found.append({"name": name, "version": metadata.version(name), "supported": True, "loaded": True})
        except metadata.PackageNotFoundError:
            continue
    return found


def _print(report: dict[str, Any]) -> None:
    spans = report["spans"]
    names = ", ".join(f"{library['name']} ({library['spans']})" for library in report["libraries"]) or "none"
    lines = [
        f"sightline report: {report['service']} (process {report['pid']}, Python {report['python']})",
        f"  libraries: {names}",
        f"  spans: {spans['made']} made, {spans['sent']} sent, {spans['unsent']} lost at exit",
        *(f"  ! {text}" for text in report["hints"]),
    ]
    sys.stderr.write("\n".join(lines) + "\n")
