"""What is traced, from `libraries.json`, which `sightline libraries` prints, too.

Of each library: its distributions by their names on PyPI, with the versions that are traced (those of the
instrumentation's own `instruments` extra; none for a part of Python), the modules whose import is the moment for it,
and its instrumentors as `module:Class`, OpenTelemetry's without the `opentelemetry.instrumentation` before it.
"""

from __future__ import annotations

import os

from .bytecode import code_of


class Library:
    def __init__(
        self, name: str, packages: dict[str, str], modules: list[str], instrumentors: list[str], spans: str
    ) -> None:
        self.name = name
        self.packages = packages
        self.modules = modules
        self.instrumentors = instrumentors
        self.spans = spans


def _read() -> list[Library]:
    """JSON of strings, lists and objects is Python, too; the module that reads JSON takes longer to load than all of ours."""
    path = os.path.join(os.path.dirname(__file__), "libraries.json")
    with open(path, "rb") as file:
        table = eval(code_of(path, file.read(), "eval"), {"__builtins__": {}})
    return [Library(**library) for library in table]


LIBRARIES: list[Library] = _read()
