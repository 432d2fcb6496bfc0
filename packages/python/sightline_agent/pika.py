"""One span for what is published: a blocking connection's channel is around another one, and OpenTelemetry's instrumentation
takes both, each with a span of its own.
"""

from __future__ import annotations

from typing import Any

from opentelemetry.instrumentation import pika


class PikaInstrumentor(pika.PikaInstrumentor):
    @staticmethod
    def instrument_channel(channel: Any, **options: Any) -> None:
        inner = getattr(channel, "_impl", None)
        original = getattr(getattr(inner, "basic_publish", None), "_original_function", None)
        if original is not None:
            inner.basic_publish = original
        pika.PikaInstrumentor.instrument_channel(channel, **options)
