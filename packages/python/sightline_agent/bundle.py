"""OpenTelemetry for this Python, in a folder of the user's cache.

One folder per version of Python, kind of machine and lock. All instrumentations are in it, 0.7 MB together: which of
them are used is decided by what the program imports. It stands at the end of the module search path, behind the
program's own packages, and nothing is ever written into the program's environment.
"""

from __future__ import annotations

import platform
import sys
import zlib
from pathlib import Path

from .bytecode import cache_folder

LOCK_FILE = Path(__file__).with_name("requirements.txt")


class BundleError(Exception):
    """Why OpenTelemetry is not there, for the user."""


def provide() -> None:
    """Puts the folder on the search path; installs it first where it is not there. @raises BundleError"""
    folder = _folder()
    if not (folder / "ready").exists():
        # What it needs takes its time to import, and is needed once.
        from .install import install_once

        install_once(folder)
    sys.path.append(str(folder / "packages"))


def _folder() -> Path:
    """@raises BundleError"""
    cache = cache_folder()
    if cache is None:
        raise BundleError("there is no home directory for OpenTelemetry; SIGHTLINE_PYTHON_CACHE names another folder")
    lock = f"{zlib.crc32(LOCK_FILE.read_bytes()):08x}"
    implementation = sys.implementation.cache_tag or sys.implementation.name
    return Path(cache) / f"{implementation}-{sys.platform}-{platform.machine()}-{lock}"
