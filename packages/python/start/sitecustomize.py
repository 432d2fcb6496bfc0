"""Runs at the start of every Python that `sightline run` starts, however it is started: PYTHONPATH names this folder.

Any Python can parse it. It never fails, leaves the module search path as it would be without it, and runs the
`sitecustomize` that the program would have had.
"""

import os
import sys


def _start():
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != folder]
    if sys.version_info < (3, 9):
        _say("Python %d.%d is not traced: 3.9 or newer is needed" % sys.version_info[:2])
        return
    agent = os.path.dirname(folder)
    sys.path.insert(0, agent)
    try:
        from sightline_agent import bytecode

        bytecode.use()
        from sightline_agent.start import start
    finally:
        sys.path.remove(agent)
    start()


def _say(text):
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true":
        sys.stderr.write("sightline: " + text + "\n")


try:
    _start()
except Exception as error:  # The program comes first, whatever is wrong with us.
    _say("the program runs untraced: %r" % (error,))

# The program's own, as `site` would have found it. What goes wrong in it is told as Python tells it.
_ours = sys.modules.pop("sitecustomize", None)
try:
    import sitecustomize  # noqa: F401
except ImportError as error:
    if getattr(error, "name", "sitecustomize") != "sitecustomize":
        raise
finally:
    # Python's import of this file looks for it there when it is done.
    sys.modules.setdefault("sitecustomize", _ours)
