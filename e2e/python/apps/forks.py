"""A query in each process: the first one, a fork that leaves by os._exit, one that leaves by sys.exit, and a pool's workers."""

import multiprocessing
import os
import sqlite3
import sys


def ask(who):
    sqlite3.connect(":memory:").cursor().execute(f"select '{who}'")


def fork(who, leave):
    if os.fork() == 0:
        ask(who)
        leave()
    os.wait()


ask("first")
fork("os._exit", lambda: os._exit(0))
fork("sys.exit", sys.exit)
with multiprocessing.get_context("fork").Pool(2) as pool:
    # Its workers are ended with SIGTERM.
    pool.map(ask, ["pool", "pool"], chunksize=1)
ask("last")
