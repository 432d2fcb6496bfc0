"""An answer from requests-cache is a span as well: without it, the instrumentation of Requests says nothing of a request
that was not sent, and the time that it did not take cannot be understood.

There is no name for it in OpenTelemetry's conventions: `http.response.from_cache` is ours.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from opentelemetry import trace
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor

FROM_CACHE = "http.response.from_cache"


class RequestsCacheInstrumentor(BaseInstrumentor):
    def instrumentation_dependencies(self) -> Collection[str]:
        return ("requests-cache >= 0.6",)

    def _instrument(self, **kwargs: Any) -> None:
        from requests_cache import CachedSession

        self._original = CachedSession.send
        CachedSession.send = _with_span(self._original, trace.get_tracer(__name__))

    def _uninstrument(self, **kwargs: Any) -> None:
        from requests_cache import CachedSession

        CachedSession.send = self._original


def _with_span(send: Any, tracer: trace.Tracer) -> Any:
    def send_with_span(self: Any, request: Any, **kwargs: Any) -> Any:
        started = time.time_ns()
        response = send(self, request, **kwargs)
        # What was sent after all has a span already.
        if getattr(response, "from_cache", False):
            _record(tracer, request, response, started)
        return response

    return send_with_span


def _record(tracer: trace.Tracer, request: Any, response: Any, started: int) -> None:
    attributes = {
        "http.request.method": request.method,
        "url.full": request.url,
        "http.response.status_code": response.status_code,
        FROM_CACHE: True,
    }
    tracer.start_span(request.method, kind=trace.SpanKind.CLIENT, attributes=attributes, start_time=started).end()
