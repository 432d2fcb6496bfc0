"""Whether a library's version is one that its instrumentation stands."""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib import metadata

from packaging.version import Version


class VersionConflict(Exception):
    """What is wanted and what is there, for the user."""


def require(requirements: Collection[str]) -> None:
    """@param requirements: such as `flask >= 1.0`, `sqlalchemy >= 1.0.0, < 2.1.0`. @raises VersionConflict"""
    for requirement in requirements:
        name, ranges = re.fullmatch(r"\s*([\w.-]+)\s*(.*)", requirement).groups()  # type: ignore[union-attr]
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise VersionConflict(f"{requirement} is wanted, and no {name} is installed") from None
        if not _is_within(Version(found), ranges):
            raise VersionConflict(f"{requirement} is wanted, and it is {name} {found}")


def _is_within(version: Version, ranges: str) -> bool:
    return all(_fits(version, part.strip()) for part in ranges.split(",") if part.strip())


def _fits(version: Version, part: str) -> bool:
    operator, text = re.fullmatch(r"(~=|==|!=|<=|>=|<|>)\s*(.*)", part).groups()  # type: ignore[union-attr]
    bound = Version(text)
    if operator == "~=":
        fixed = bound.release[:-1]
        return version >= bound and version.release[: len(fixed)] == fixed
    return {
        "==": version == bound,
        "!=": version != bound,
        "<=": version <= bound,
        ">=": version >= bound,
        "<": version < bound,
        ">": version > bound,
    }[operator]
