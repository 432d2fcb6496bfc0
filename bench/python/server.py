"""A Flask app; /cpu says how much processor time the process has taken so far, in seconds."""

import time

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

app = Flask(__name__)


@app.get("/items/<int:item>")
def item(item):
    return {"item": item}


@app.get("/cpu")
def cpu():
    return str(time.process_time())


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *args):
        pass


server = make_server("127.0.0.1", 0, app, request_handler=Quiet)
print(server.server_port, flush=True)
server.serve_forever()
