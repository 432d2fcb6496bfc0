"""The agent's modules, compiled once and kept in the user's cache, by what is in them.

Python itself keeps bytecode beside a module, where a user often may not write, and not at all where containers set
PYTHONDONTWRITEBYTECODE; and it looks at a file's time, which npm sets to the same for all versions. Compiling them takes
longer than all else that a start without a traced library does.
"""

from __future__ import annotations

import _frozen_importlib_external as _files
import _imp
import marshal
import os
import sys

TYPE_CHECKING = False  # every Python process loads this: `typing` takes longer than all of ours
if TYPE_CHECKING:
    from types import CodeType

_magic = int.from_bytes(_files.MAGIC_NUMBER, "little")


def use() -> None:
    """From now on, for all modules of this package."""
    folder = os.path.dirname(__file__)
    sys.path_importer_cache[folder] = _files.FileFinder(folder, (_Loader, [".py"]))


def cache_folder() -> str | None:
    """Of all that is kept for Python programs. None without a home directory: it is never where the program happens to run."""
    own = os.environ.get("SIGHTLINE_PYTHON_CACHE")
    if own:
        return os.path.abspath(own)
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(caches, "sightline", "python") if os.path.isabs(caches) else None


def code_of(path: str, source: bytes, mode: str = "exec") -> CodeType:
    folder = cache_folder()
    if folder is None:
        return compile(source, path, mode, dont_inherit=True)
    identity = f"{path} {mode} {sys.flags.optimize} ".encode(errors="surrogateescape")
    key = _imp.source_hash(_magic, identity + source).hex()
    file = os.path.join(folder, "bytecode", f"{os.path.basename(path)}-{key}")
    try:
        with open(file, "rb") as kept:
            return marshal.loads(kept.read())
    except (OSError, ValueError, EOFError, TypeError):
        code = compile(source, path, mode, dont_inherit=True)
        _keep(file, marshal.dumps(code))
        return code


def _keep(file: str, content: bytes) -> None:
    draft = f"{file}-{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(draft, "wb") as new:
            new.write(content)
        os.replace(draft, file)
    except OSError:
        return  # compiled anew each time, then


class _Loader(_files.SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return code_of(path, self.get_data(path))
