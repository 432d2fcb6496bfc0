"""What is traced, from `libraries.json`, which `sightline libraries` prints, too.

Of each library: its distributions by their names on PyPI, with the versions that are traced (those of the
instrumentation's own `instruments` extra; none for a part of Python), the modules whose import is the moment for it,
and its instrumentors as `module:Class`, OpenTelemetry's without the `opentelemetry.instrumentation` before it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple


class Library(NamedTuple):
    name: str
    packages: dict[str, str]
    modules: list[str]
    instrumentors: list[str]
    spans: str


LIBRARIES: list[Library] = [
    Library(**library) for library in json.loads(Path(__file__).with_name("libraries.json").read_text("utf-8"))
]
