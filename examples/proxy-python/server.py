"""The same proxy once more, in Python. It has no tracing code either."""

import os
from urllib.parse import urlsplit

import requests
import requests_cache
from flask import Flask, Response, request

FAVOURITE_URL = os.environ.get("FAVOURITE_URL", "http://127.0.0.1:3001/sayings/1")

app = Flask(__name__)
# What was answered earlier, for ever. Nobody said it was a good proxy.
earlier = requests_cache.CachedSession(backend="memory")


@app.get("/")
def fetch():
    """Fetches the URL, every time."""
    return answer(requests.get, request.args.get("url", ""))


@app.get("/cache")
def fetch_once():
    """Answers from what was fetched earlier; fetches where there is nothing."""
    return answer(earlier.get, request.args.get("url", FAVOURITE_URL))


def answer(get, url):
    if urlsplit(url).scheme not in ("http", "https"):
        return Response("Which URL? Try /?url=http://127.0.0.1:3001/sayings/1\n", status=400, mimetype="text/plain")
    page = get(url, timeout=30)
    return Response(page.content, status=page.status_code, content_type=page.headers.get("content-type", "text/plain"))


if __name__ == "__main__":
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", int(os.environ.get("PORT", "3003")), app, threaded=True)
    print(f"proxy-python on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
