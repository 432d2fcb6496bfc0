"""A proxy: asks whom it is told to, and remembers what it was answered."""

import os
import sqlite3

import requests
import requests_cache
from flask import Flask, request

app = Flask(__name__)
remembered = requests_cache.CachedSession(backend="memory")


@app.get("/")
def ask():
    answer = requests.get(request.args["url"], timeout=5)
    return answer.text, answer.status_code


@app.get("/cache")
def ask_once():
    return remembered.get(request.args["url"], timeout=5).text


@app.get("/rows/<int:count>")
def rows(count):
    cursor = sqlite3.connect(":memory:").cursor()
    return {"rows": cursor.execute("select ? + 1", (count,)).fetchall()}


@app.get("/fail")
def fail():
    raise RuntimeError("out of stock")


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
