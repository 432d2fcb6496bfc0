"""Spans as OTLP's bytes, without protobuf's own package: programs have that in versions that another's generated code does
not go together with, and it takes 30 ms to load.

A message is its fields one after the other, each a tag (number << 3 | wire type) and a value; the wire types here are
0 a varint, 1 eight bytes, 2 a length and that many bytes, 5 four bytes. A field at its default is left out.
https://protobuf.dev/programming-guides/encoding/
https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import Link, SpanContext

_double = struct.Struct("<d").pack
_fixed64 = struct.Struct("<Q").pack
_fixed32 = struct.Struct("<I").pack


def encode_request(spans: Sequence[ReadableSpan]) -> bytes:
    """ExportTraceServiceRequest: spans by resource, and by the scope that made them."""
    resources: dict[Any, dict[Any, list[bytes]]] = {}
    for span in spans:
        scopes = resources.setdefault(span.resource, {})
        scopes.setdefault(span.instrumentation_scope, []).append(_field(2, _span(span)))
    return b"".join(_field(1, _resource_spans(resource, scopes)) for resource, scopes in resources.items())


def _resource_spans(resource: Any, scopes: Mapping[Any, list[bytes]]) -> bytes:
    described = _field(1, _attributes(1, resource.attributes))
    return described + b"".join(_field(2, _scope_spans(scope, spans)) for scope, spans in scopes.items()) + _text(3, resource.schema_url)


def _scope_spans(scope: Any, spans: list[bytes]) -> bytes:
    if scope is None:
        return b"".join(spans)
    described = _text(1, scope.name) + _text(2, scope.version) + _attributes(3, scope.attributes)
    return _field(1, described) + b"".join(spans) + _text(3, scope.schema_url)


def _span(span: ReadableSpan) -> bytes:
    context = span.get_span_context()
    parent = span.parent
    status = span.status
    parts = [
        b"\x0a\x10" + context.trace_id.to_bytes(16, "big"),
        b"\x12\x08" + context.span_id.to_bytes(8, "big"),
        _text(3, context.trace_state.to_header()) if context.trace_state else b"",
        b"\x22\x08" + parent.span_id.to_bytes(8, "big") if parent else b"",
        _text(5, span.name),
        _number(6, span.kind.value + 1),  # OTLP has “unspecified” before the first
        b"\x39" + _fixed64(span.start_time or 0),
        b"\x41" + _fixed64(span.end_time or 0),
        _attributes(9, span.attributes),
        _number(10, span.dropped_attributes),
        *(_field(11, _event(event)) for event in span.events),
        _number(12, span.dropped_events),
        *(_field(13, _link(link)) for link in span.links),
        _number(14, span.dropped_links),
        _field(15, _text(2, status.description) + _number(3, status.status_code.value)) if status else b"",
        b"\x85\x01" + _fixed32(_flags(parent)),
    ]
    return b"".join(parts)


def _event(event: Event) -> bytes:
    return (
        b"\x09"
        + _fixed64(event.timestamp)
        + _text(2, event.name)
        + _attributes(3, event.attributes)
        + _number(4, event.dropped_attributes)
    )


def _link(link: Link) -> bytes:
    context = link.context
    return (
        b"\x0a\x10"
        + context.trace_id.to_bytes(16, "big")
        + b"\x12\x08"
        + context.span_id.to_bytes(8, "big")
        + (_text(3, context.trace_state.to_header()) if context.trace_state else b"")
        + _attributes(4, link.attributes)
        + _number(5, link.dropped_attributes)
        + b"\x35"
        + _fixed32(_flags(context))
    )


def _flags(context: SpanContext | None) -> int:
    """Whether the parent is in another process, and that this is known."""
    return 0x300 if context and context.is_remote else 0x100


def _attributes(number: int, attributes: Mapping[str, Any] | None) -> bytes:
    return b"".join(_field(number, _pair(key, value)) for key, value in attributes.items()) if attributes else b""


def _pair(key: str, value: Any) -> bytes:
    return _key(key) + _field(2, _value(value))


@lru_cache(1024)
def _key(key: str) -> bytes:
    return _text(1, key)


def _value(value: Any) -> bytes:
    """AnyValue. Its fields are one of several: the one that is set is there, also at its default."""
    if isinstance(value, str):
        return _field(1, _utf8(value))
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, int):
        return b"\x18" + _varint(value & 0xFFFFFFFFFFFFFFFF)
    if isinstance(value, float):
        return b"\x21" + _double(value)
    if isinstance(value, bytes):
        return _field(7, value)
    if isinstance(value, Mapping):
        return _field(6, b"".join(_field(1, _pair(str(key), inner)) for key, inner in value.items()))
    if isinstance(value, Iterable):
        return _field(5, b"".join(_field(1, _value(inner)) for inner in value))
    return b""  # None


def _text(number: int, text: str | None) -> bytes:
    return _field(number, _utf8(text)) if text else b""


def _utf8(text: str) -> bytes:
    """What is no Unicode, such as half of a surrogate pair, becomes a question mark."""
    return text.encode("utf-8", "replace")


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value) if value else b""


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    if value < 0x80:
        return _SMALL[value]
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


_SMALL = [bytes((value,)) for value in range(0x80)]
