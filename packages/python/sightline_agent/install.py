"""Installs OpenTelemetry into its folder, once, with this Python's own pip, or what stands in for it where it has none."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .bundle import LOCK_FILE, BundleError

try:
    import fcntl
except ImportError:  # Windows: two first programs that start together install twice, and the later one's stays.
    fcntl = None  # type: ignore[assignment]

# Not tried again for so long after a failure: a start must not wait each time.
_PAUSE_S = 600.0


def install_once(folder: Path) -> None:
    """Two programs that start together install once: the second waits for the first, and is told what it was told."""
    folder.mkdir(parents=True, exist_ok=True)
    with _turn(folder / "installing"):
        if (folder / "ready").exists():
            return
        failed = folder / "failed"
        if failed.exists() and time.time() - failed.stat().st_mtime < _PAUSE_S:
            raise BundleError(failed.read_text("utf-8").strip())
        try:
            _install(folder)
        except BundleError as error:
            failed.write_text(f"{error}\n", "utf-8")
            raise


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    """One process at a time. The system lets go of the lock when its holder dies, in whichever way."""
    with path.open("w") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(folder: Path) -> None:
    _say("the first Python program here: installing OpenTelemetry for it (once, about 13 MB)")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=folder, prefix="new-") as draft:
        made = Path(draft) / "packages"
        _install_into(made)
        shutil.rmtree(folder / "packages", ignore_errors=True)  # of somebody who died before saying that it is ready
        made.rename(folder / "packages")
    (folder / "ready").touch()
    _say(f"installed in {time.monotonic() - began:.0f} s, in {folder}")


def _install_into(target: Path) -> None:
    options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(target), "--requirement", str(LOCK_FILE)]
    # Without our folder on PYTHONPATH: pip is not a program of the user's.
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PIP_TARGET", "PIP_USER")}
    env.update(PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    env.setdefault("PIP_RETRIES", "1")  # of each package: without a connection the program would wait for long
    for command in _installers():
        try:
            done = subprocess.run(
                [*command, *options], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise BundleError(f"{command[0]} cannot be started: {error}") from error
        if done.returncode == 0:
            return
        if "No module named pip" not in done.stderr:
            raise BundleError(_reason(done.stderr))
    raise BundleError("OpenTelemetry cannot be installed, since this Python has no pip (python -m ensurepip brings it)")


def _installers() -> Iterator[list[str]]:
    """Its own pip. Environments that uv makes have none: uv itself, the pip that Python would make one from, its parent's."""
    yield [sys.executable, "-m", "pip", "install"]
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv:
        yield [uv, "pip", "install", "--compile-bytecode", "--python", sys.executable]
    for wheel in _bundled_pip():
        yield [sys.executable, str(wheel / "pip"), "install"]
    yield [getattr(sys, "_base_executable", sys.executable), "-m", "pip", "install"]


def _bundled_pip() -> list[Path]:
    """As a wheel: Python runs what is in it without unpacking it."""
    spec = importlib.util.find_spec("ensurepip")
    folders = [Path(spec.origin).with_name("_bundled")] if spec and spec.origin else []
    system = sysconfig.get_config_var("WHEEL_PKG_DIR")
    if system:
        folders.append(Path(system))
    return [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))][-1:]


def _reason(output: str) -> str:
    if re.search(r"connection broken|Max retries exceeded|Could not fetch URL|error sending request|dns error", output):
        return "OpenTelemetry cannot be installed, since the package index cannot be reached; the next start in ten minutes tries again"
    lines = [line.strip() for line in output.splitlines() if line.strip().startswith("ERROR:")]
    last = (lines or output.strip().splitlines() or ["pip failed"])[-1]
    return f"OpenTelemetry cannot be installed ({last.removeprefix('ERROR:').strip()})"


def _say(text: str) -> None:
    sys.stderr.write(f"sightline: {text}\n")
    sys.stderr.flush()
