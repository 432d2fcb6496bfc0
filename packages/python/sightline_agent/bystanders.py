"""Who is not to be traced: tools that are no programs of the user's, and programs that trace themselves."""

from __future__ import annotations

import os
import sys

# Installers, and what they start to build a package.
_TOOLS = {"pip", "pip3", "pipx", "poetry", "uv", "virtualenv", "venv", "ensurepip", "build", "pdm", "hatch", "conda"}
_TOOL_SCRIPTS = {"setup.py", "_in_process.py", "get-pip.py"}

# By the module that only their users import.
TRACER_MODULES = {
    "opentelemetry.sdk.trace": "OpenTelemetry's SDK",
    "ddtrace": "ddtrace",
    "sentry_sdk": "Sentry",
    "newrelic": "New Relic",
    "elasticapm": "Elastic APM",
}

# Their launchers put a `sitecustomize` of their own on the search path, as ours does.
_LAUNCHERS = {
    os.path.join("opentelemetry", "instrumentation", "auto_instrumentation"): "opentelemetry-instrument",
    os.path.join("ddtrace", "bootstrap"): "ddtrace-run",
    os.path.join("newrelic", "bootstrap"): "newrelic-admin",
}


def is_tool() -> bool:
    name = program_name()
    stem = name[:-3] if name.endswith(".py") else name
    return stem.rstrip("0123456789.") in _TOOLS or name in _TOOL_SCRIPTS


def other_tracer_around() -> str | None:
    """The launcher around this process that traces it already, or that this process is."""
    if program_name() in _LAUNCHERS.values():
        return program_name()
    for path in sys.path:
        for ending, name in _LAUNCHERS.items():
            if path.rstrip(os.sep).endswith(ending):
                return name
    return None


def program_name() -> str:
    """What was asked to run: the script's file name, or the module behind -m. Empty for -c and a prompt."""
    arguments = program_arguments()
    if len(arguments) > 1 and arguments[0] == "-m":
        return arguments[1].split(".")[0]
    return os.path.basename(arguments[0]) if arguments and not arguments[0].startswith("-") else ""


# Options of Python's own that take a value.
_VALUED = {"-W", "-X", "--check-hash-based-pycs"}


def program_arguments() -> list[str]:
    """The command line from the script on, or from `-m`; without the interpreter and its options."""
    arguments = _command_line[1:]
    while arguments and arguments[0].startswith("-") and arguments[0] not in ("-m", "-c", "-"):
        # -Im app: options in one word, the last of which may be -m or -c.
        if arguments[0][-1] in "mc" and not arguments[0].startswith("--"):
            return ["-" + arguments[0][-1], *arguments[1:]]
        del arguments[: 2 if arguments[0] in _VALUED else 1]
    return arguments


def _read_command_line() -> list[str]:
    """Python 3.9 keeps no `sys.orig_argv`, and `sys.argv` knows nothing of `-m` and what comes with it."""
    known = getattr(sys, "orig_argv", None)
    if known:
        return list(known)
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return os.fsdecode(file.read()).split("\0")[:-1]
    except OSError:
        return [sys.executable, *getattr(sys, "argv", [])]


# Read once, at the start: a program may write another one over it, as gunicorn does.
_command_line = _read_command_line()
