"""OTLP over HTTP with Python's own http.client, so that no HTTP library of ours stands where the program would find it.

https://opentelemetry.io/docs/specs/otlp/#otlphttp
"""

from __future__ import annotations

import gzip
import http.client
import random
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from . import report
from .otlp_encoding import encode_request

_RETRYABLE = {429, 502, 503, 504}
_USUAL_TIMEOUT_S = 10.0
# The program waits for it at its end.
_LAST_TIMEOUT_S = 1.0


def endpoint_of(env: Mapping[str, str]) -> str:
    """Where the spans go, the path included."""
    own = env.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    if own:
        return own
    return (env.get("OTEL_EXPORTER_OTLP_ENDPOINT") or "http://127.0.0.1:4318").rstrip("/") + "/v1/traces"


class OtlpExporter(SpanExporter):
    def __init__(self, env: Mapping[str, str]) -> None:
        self._url = urlsplit(endpoint_of(env))
        self._headers = {"content-type": "application/x-protobuf", **_headers(env)}
        self._is_gzip = _of_traces(env, "COMPRESSION") == "gzip"
        self._tls = _tls(env) if self._url.scheme == "https" else None
        self._timeout_s = _seconds(_of_traces(env, "TIMEOUT"))
        self._connection: http.client.HTTPConnection | None = None
        self._hurried = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        body = encode_request(spans)
        if self._is_gzip:
            body = gzip.compress(body)
        problem = self._send(body)
        if problem is None:
            report.counts["sent"] += len(spans)
            return SpanExportResult.SUCCESS
        report.counts["refused"] += len(spans)
        report.facts["last_problem"] = problem
        return SpanExportResult.FAILURE

    def hurry(self) -> None:
        """The process ends: what is sent from now on has a second, and what waits for another try has it now."""
        self._hurried.set()

    def shutdown(self) -> None:
        self._close()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return True

    def _send(self, body: bytes) -> str | None:
        """@returns why it was not taken"""
        deadline = time.monotonic() + (_LAST_TIMEOUT_S if self._hurried.is_set() else self._timeout_s)
        wait_s = 0.5
        while True:
            status, problem = self._post(body, deadline)
            if status is not None and status < 400:
                return None
            if status is not None and status not in _RETRYABLE:
                return problem
            wait_s = min(wait_s * 2, 5.0)
            if time.monotonic() + wait_s > deadline or self._hurried.wait(wait_s * random.uniform(0.8, 1.2)):
                return problem

    def _post(self, body: bytes, deadline: float) -> tuple[int | None, str]:
        is_new = self._connection is None
        try:
            status, reason = self._exchange(body, deadline)
            return status, f"{status} {reason}"
        except (OSError, http.client.HTTPException) as error:
            self._close()
            # The other side may close a connection between two requests: that is no failure of the second one.
            return (None, repr(error)) if is_new else self._post(body, deadline)

    def _exchange(self, body: bytes, deadline: float) -> tuple[int, str]:
        connection = self._connection or self._connect()
        self._connection = connection
        connection.timeout = max(0.05, deadline - time.monotonic())
        if connection.sock is not None:
            connection.sock.settimeout(connection.timeout)
        headers = {**self._headers, **({"content-encoding": "gzip"} if self._is_gzip else {})}
        path = self._url.path + ("?" + self._url.query if self._url.query else "")
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        response.read()
        report.counts["requests"] += 1
        report.counts["bytes"] += len(body)
        return response.status, response.reason

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "127.0.0.1", self._url.port
        if self._tls is not None:
            return http.client.HTTPSConnection(host, port, context=self._tls)
        return http.client.HTTPConnection(host, port)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _of_traces(env: Mapping[str, str], name: str) -> str:
    return env.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}") or env.get(f"OTEL_EXPORTER_OTLP_{name}") or ""


def _headers(env: Mapping[str, str]) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in _of_traces(env, "HEADERS").split(","))
    return {unquote(name.strip()).lower(): unquote(value.strip()) for name, equals, value in pairs if equals}


def _seconds(text: str) -> float:
    """OTEL_EXPORTER_OTLP_TIMEOUT is in milliseconds by the specification."""
    try:
        return max(0.1, float(text) / 1000) if text else _USUAL_TIMEOUT_S
    except ValueError:
        return _USUAL_TIMEOUT_S


def _tls(env: Mapping[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=_of_traces(env, "CERTIFICATE") or None)
    certificate = _of_traces(env, "CLIENT_CERTIFICATE")
    if certificate:
        context.load_cert_chain(certificate, _of_traces(env, "CLIENT_KEY") or None)
    return context
