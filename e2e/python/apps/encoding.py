"""Holds the agent's encoding of spans against that of OpenTelemetry's own exporter, bytes for bytes."""

from sightline_agent import bundle

bundle.provide()

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags, TraceState
from sightline_agent.otlp_encoding import encode_request

kept = InMemorySpanExporter()
provider = TracerProvider(resource=Resource({"service.name": "shop", "count": 1}, schema_url="https://a.schema"))
provider.add_span_processor(SimpleSpanProcessor(kept))
tracer = provider.get_tracer("one", "1.0", schema_url="https://another.schema", attributes={"is": True})
remote = SpanContext(2**127 + 5, 2**63 + 1, True, TraceFlags(1), TraceState([("a", "b"), ("c", "d")]))
linked = SpanContext(1, 2, False, TraceFlags(1))

attributes = {
    "text": "ü" * 200,
    "empty": "",
    "minus": -1,
    "zero": 0,
    "large": 2**62,
    "least": -(2**63),
    "fraction": 1.5,
    "nothing": float("inf"),
    "no": False,
    "bytes": b"\x00\xff",
    "texts": ["a", ""],
    "numbers": [1, -2, 0],
    "flags": [True, False],
    "none": [],
}
outer = trace.set_span_in_context(NonRecordingSpan(remote))
for kind in SpanKind:
    with tracer.start_as_current_span("GET /", outer, kind, attributes, [Link(linked, {"for": 1})]) as span:
        span.add_event("an event", {"flags": [True]}, timestamp=1)
        try:
            with tracer.start_as_current_span("inner"):
                raise ValueError("no")
        except ValueError:
            span.set_status(Status(StatusCode.ERROR, "it failed"))
        with provider.get_tracer("another").start_as_current_span(""):
            pass

spans = kept.get_finished_spans()
assert len(spans) == 15
assert encode_request(spans) == encode_spans(spans).SerializeToString(), "the bytes differ"
print("equal")
