"""Sightline in a Python program: OpenTelemetry, brought along, for the libraries that the program imports.

start → after_import (waits for a library) → tracing (once, at the first) → libraries (one instrumentation each)
"""

__version__ = "0.1.0"
