"""A program of Python's own libraries only: one query, and an exit code of its own."""

import sqlite3
import sys

sqlite3.connect(":memory:").cursor().execute("select 1")
sys.exit(5)
