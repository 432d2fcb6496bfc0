"""OpenTelemetry for this Python, in a folder of the user's cache: installed once by this Python's own pip.

One folder per version of Python, kind of machine and lock. All instrumentations are in it, 0.7 MB together: which of
them are used is decided by what the program imports. It stands at the end of the module search path, behind the
program's own packages, and nothing is ever written into the program's environment.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from .libraries import Library

_LOCK_FILE = Path(__file__).with_name("requirements.txt")
# Whoever holds it longer has died.
_STALE_S = 600.0
# Not tried again for so long after a failure: a start must not wait each time.
_PAUSE_S = 600.0


class BundleError(Exception):
    """Why OpenTelemetry is not there, for the user."""


def provide() -> None:
    """Puts the folder on the search path; installs it first where it is not there. @raises BundleError"""
    folder = _folder()
    if not (folder / "ready").exists():
        _install_once(folder)
    sys.path.append(str(folder / "packages"))


def versions(library: Library) -> list[dict[str, Any]]:
    """What the program has of a library, as far as it has it."""
    found = []
    for name in library.packages:
        try:
            found.append({"name": name, "version": metadata.version(name), "supported": True, "loaded": True})
        except metadata.PackageNotFoundError:
            continue
    return found


def _folder() -> Path:
    cache = os.environ.get("SIGHTLINE_PYTHON_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "sightline", "python"
    )
    lock = hashlib.sha256(_LOCK_FILE.read_bytes()).hexdigest()[:12]
    implementation = sys.implementation.cache_tag or platform.python_implementation().lower()
    return Path(cache) / f"{implementation}-{sys.platform}-{platform.machine()}-{lock}"


def _install_once(folder: Path) -> None:
    """Two programs that start together install once: the second waits for the first."""
    failed = folder / "failed"
    if failed.exists() and time.time() - failed.stat().st_mtime < _PAUSE_S:
        raise BundleError(failed.read_text("utf-8").strip())
    folder.mkdir(parents=True, exist_ok=True)
    with _Turn(folder / "installing"):
        if (folder / "ready").exists():
            return
        try:
            _install(folder)
        except BundleError as error:
            failed.write_text(f"{error}\n", "utf-8")
            raise


class _Turn:
    """A folder is made by one process only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        while True:
            try:
                self._path.mkdir()
                return
            except FileExistsError:
                self._wait()

    def _wait(self) -> None:
        try:
            if time.time() - self._path.stat().st_mtime > _STALE_S:
                self._path.rmdir()
        except FileNotFoundError:
            return
        time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        self._path.rmdir()


def _install(folder: Path) -> None:
    _say("the first Python program here: installing OpenTelemetry for it (once, about 20 MB)")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder, prefix="new-") as draft:
        _run_pip(Path(draft) / "packages")
        (Path(draft) / "packages").rename(folder / "packages")
    (folder / "ready").touch()
    _say(f"installed in {time.monotonic() - began:.0f} s, in {folder}")


def _run_pip(target: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"),
        *("--no-deps", "--only-binary", ":all:", "--target", str(target), "--requirement", str(_LOCK_FILE)),
    ]
    # Without our folder on PYTHONPATH: pip is not a program of the user's.
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PIP_TARGET", "PIP_USER")}
    try:
        done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BundleError(f"pip cannot be started: {error}") from error
    if done.returncode != 0:
        raise BundleError(_reason(done.stderr))


def _reason(output: str) -> str:
    if "No module named pip" in output:
        return "OpenTelemetry cannot be installed, since this Python has no pip (python -m ensurepip brings it)"
    lines = [line.strip() for line in output.splitlines() if line.strip().startswith("ERROR:")]
    last = (lines or output.strip().splitlines() or ["pip failed"])[-1]
    return f"OpenTelemetry cannot be installed ({last.removeprefix('ERROR:').strip()})"


def _say(text: str) -> None:
    sys.stderr.write(f"sightline: {text}\n")
    sys.stderr.flush()
