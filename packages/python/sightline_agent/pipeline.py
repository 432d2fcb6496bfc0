"""Resource, sampler, processor and exporter. Imports OpenTelemetry, so this module is imported once that is there."""

from __future__ import annotations

# First: in a fork, what the SDK does starts a thread pool, whose lock is free only once this module's own hook for
# forks has run, and hooks run in the order in which they were registered.
import concurrent.futures.thread  # noqa: F401
import os

from opentelemetry import trace
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.util._once import Once

from . import report, service
from .otlp_exporter import OtlpExporter, endpoint_of


def set_up() -> TracerProvider:
    """A provider that others get from OpenTelemetry's API, too, with what OTEL_* says of sampler, limits and propagators."""
    resource = Resource(service.resource_attributes()).merge(OTELResourceDetector().detect())
    report.facts["service"] = str(resource.attributes.get("service.name", ""))
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(_Counter())
    for exporter in _exporters():
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    _give_way_to_the_program()
    return provider


def _give_way_to_the_program() -> None:
    """A provider can be set once, and the program's would be refused: when it brings one after us, it gets the place."""
    original = trace.set_tracer_provider

    def set_tracer_provider(provider: trace.TracerProvider) -> None:
        from .start import stand_down

        trace.set_tracer_provider = original
        stand_down("OpenTelemetry's SDK")
        trace._TRACER_PROVIDER = None
        trace._TRACER_PROVIDER_SET_ONCE = Once()
        original(provider)

    trace.set_tracer_provider = set_tracer_provider


def _exporters() -> list[SpanExporter]:
    names = [name.strip() for name in os.environ.get("OTEL_TRACES_EXPORTER", "otlp").split(",")]
    exporters: list[SpanExporter] = []
    for name in names:
        if name in ("otlp", ""):
            exporters.append(_otlp())
        elif name == "console":
            exporters.append(ConsoleSpanExporter())
        elif name != "none":
            report.hint(f"OTEL_TRACES_EXPORTER={name}: Python programs send otlp, console or none")
    return exporters


def _otlp() -> SpanExporter:
    report.facts["endpoint"] = endpoint_of(os.environ)
    return OtlpExporter(os.environ)


class _Counter(SpanProcessor):
    """Counts spans by the library that made them."""

    def on_end(self, span: ReadableSpan) -> None:
        if not (span.context and span.context.trace_flags.sampled):
            return
        scope = span.instrumentation_scope
        report.counted(scope.name if scope else "")
