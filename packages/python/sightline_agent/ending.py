"""The last spans leave before the process does, by whichever way it ends, and its exit code stays what it was."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

from . import report

_state: dict[str, Any] = {"provider": None, "flushed_pid": None, "is_ending": False, "terminated_by": None}


def arrange(provider: Any) -> None:
    _state["provider"] = provider
    atexit.register(_end)
    _wrap_exit()
    _take_terminate()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_parent)


def _forget_parent() -> None:
    """A fork has spans and a report of its own; OpenTelemetry's queue empties itself in it."""
    _state.update(flushed_pid=None, is_ending=False, terminated_by=None)
    renew = getattr(_state["provider"], "_update_resource", None)
    if renew is not None:  # OpenTelemetry itself makes a new instance id; Python 3.9's does neither
        from opentelemetry.sdk.resources import Resource

        renew(Resource({"process.pid": os.getpid()}))
    for name in report.counts:
        report.counts[name] = 0
    for library in report.libraries.values():
        library["spans"] = library["events"] = 0


def _end() -> None:
    """Once in a process."""
    if _state["flushed_pid"] == os.getpid():
        return
    _state.update(flushed_pid=os.getpid(), is_ending=True)
    try:
        _flush()
        report.write()
    except Exception as error:  # The program is ending as it wants to.
        report.failed("the end", error)
    _state["is_ending"] = False
    if _state["terminated_by"] is not None:
        _die_by(_state["terminated_by"])


def _flush() -> None:
    provider = _state["provider"]
    for processor in provider._active_span_processor._span_processors:
        exporter = getattr(processor, "span_exporter", None)
        if hasattr(exporter, "hurry"):
            exporter.hurry()
    provider.shutdown()


def _wrap_exit() -> None:
    """`os._exit` passes by everything else, and is how workers of gunicorn, celery and multiprocessing end."""
    original = os._exit

    def _exit(status: int) -> None:
        # Between a fork and its exec there is nothing of ours, and no time.
        if _has_spans():
            _end()
        original(status)

    os._exit = _exit  # type: ignore[assignment]


def _has_spans() -> bool:
    return report.counts["made"] > report.counts["sent"] + report.counts["refused"]


def _take_terminate() -> None:
    """Only where SIGTERM would end the process on the spot, which no `atexit` hears of."""
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL or sys.platform == "win32":
        return
    signal.signal(signal.SIGTERM, _terminate)


def _terminate(number: int, _frame: FrameType | None) -> None:
    if _state["is_ending"]:
        # It came while the last spans are being sent, as to the workers of a pool: that takes a second at most.
        _state["terminated_by"] = number
        return
    _end()
    _die_by(number)


def _die_by(number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
