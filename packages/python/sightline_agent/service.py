"""Who this process is, without configuration: the nearest pyproject.toml's project, the Django project, the module, the script."""

from __future__ import annotations

import os
import platform
import re
import socket
import sys
import uuid
from pathlib import Path
from typing import NamedTuple

from . import __version__
from .bystanders import program_arguments


class Project(NamedTuple):
    name: str
    version: str | None


def resource_attributes() -> dict[str, str | int]:
    arguments = program_arguments()
    project = _nearest_project(_folder_of(arguments))
    attributes: dict[str, str | int] = {
        "service.name": project.name if project else _service_of(arguments),
        "service.instance.id": str(uuid.uuid4()),
        "process.pid": os.getpid(),
        "process.executable.path": sys.executable,
        "process.runtime.name": platform.python_implementation().lower(),
        "process.runtime.version": platform.python_version(),
        "host.name": socket.gethostname(),
        "host.arch": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "os.type": sys.platform,
        "telemetry.sdk.language": "python",
        "telemetry.distro.name": "sightline",
        "telemetry.distro.version": __version__,
    }
    if project and project.version:
        attributes["service.version"] = project.version
    # The script only: the arguments after it may hold secrets.
    if arguments and arguments[0] not in ("-c", "-"):
        attributes["process.command"] = " ".join(arguments[:2]) if arguments[0] == "-m" else arguments[0]
    return attributes


def _folder_of(arguments: list[str]) -> Path:
    """A script that is installed, such as gunicorn's, runs what stands in the working directory."""
    script = Path(arguments[0]).resolve() if arguments and not arguments[0].startswith("-") else None
    if script is None or not script.is_file() or _is_installed(script):
        return Path.cwd()
    return script.parent


def _is_installed(script: Path) -> bool:
    prefixes = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)}
    return script.suffix == "" and any(script.is_relative_to(prefix / "bin") for prefix in prefixes)


def _nearest_project(folder: Path) -> Project | None:
    for parent in (folder, *folder.parents):
        try:
            project = read_project((parent / "pyproject.toml").read_text("utf-8", "replace"))
        except OSError:
            continue
        if project:
            return project
    return None


def read_project(text: str) -> Project | None:
    """Name and version of `[project]` or `[tool.poetry]`. By lines, since Python has a reader of TOML only from 3.11 on."""
    values: dict[tuple[str, str], str] = {}
    section = ""
    for line in text.splitlines():
        header = re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line)
        if header:
            section = header[1].strip()
            continue
        pair = re.match(r"""\s*(name|version)\s*=\s*["']([^"']+)["']""", line)
        if pair:
            values.setdefault((section, pair[1]), pair[2])
    for section in ("project", "tool.poetry"):
        name = values.get((section, "name"))
        if name:
            return Project(name, values.get((section, "version")))
    return None


# Servers and workers whose arguments name the module that they run.
_RUNNERS = {"gunicorn", "uvicorn", "hypercorn", "daphne", "granian", "waitress-serve", "celery", "flask"}
_APPLICATION_OPTIONS = {"--app", "-A", "--application"}


def _service_of(arguments: list[str]) -> str:
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", "").split(".")[0]
    if settings:
        return settings
    is_module = len(arguments) > 1 and arguments[0] == "-m"
    program = arguments[1] if is_module else os.path.basename(arguments[0]) if arguments else ""
    if program in _RUNNERS:
        return _application_of(arguments[2 if is_module else 1 :]) or program
    if is_module:
        return program.split(".")[0]
    return Path(program).stem if program and not program.startswith("-") else "python"


def _application_of(arguments: list[str]) -> str | None:
    """`shop` of `uvicorn shop.main:app`, `gunicorn -w 2 shop.wsgi`, `celery -A shop worker`, `flask --app shop run`."""
    for index, argument in enumerate(arguments):
        option, _, value = argument.partition("=")
        if option in _APPLICATION_OPTIONS:
            return _module_of(value or (arguments[index + 1] if index + 1 < len(arguments) else ""))
    candidates = [
        argument
        for index, argument in enumerate(arguments)
        if re.fullmatch(r"[A-Za-z_][\w.]*(:[A-Za-z_][\w.()]*)?", argument)
        and (":" in argument or index == 0 or not arguments[index - 1].startswith("-"))
    ]
    return _module_of(candidates[0]) if candidates else None


def _module_of(application: str) -> str | None:
    module = re.split(r"[:.]", os.path.basename(application))[0]
    return module or None
