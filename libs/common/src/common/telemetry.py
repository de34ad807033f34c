"""Logs, metrics and traces, set up once per process.

Logs are JSON lines with the request id and trace id of the task that wrote them. Traces follow a fact from the click
to the mail: the W3C `traceparent` is kept in each event and taken up again by whoever handles it. Spans leave the
process only where the standard variable OTEL_EXPORTER_OTLP_ENDPOINT is set.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import pydantic_core
import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from structlog.processors import ExceptionRenderer
from structlog.stdlib import ProcessorFormatter
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, ExcInfo

from common.error_descriptions import describe

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("helpdesk")


def _add_trace(_logger: Any, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event


class _ExceptionTransformer(ExceptionDictTransformer):
    """Leaves out values, which may be passwords, tokens or what people wrote: those of local variables, and those in
    the texts of errors."""

    def __init__(self) -> None:
        super().__init__(show_locals=False)

    def __call__(self, exc_info: ExcInfo) -> list[dict[str, Any]]:
        stacks = super().__call__(exc_info)
        _describe(stacks, exc_info[1])
        return stacks


def _describe(stacks: list[dict[str, Any]], error: BaseException | None) -> None:
    """`stacks` are those of the error, of its cause, and so on."""
    for stack in stacks:
        if error is None:
            return
        stack["exc_value"] = describe(error)
        for inner, each in zip(stack.get("exceptions", []), getattr(error, "exceptions", ()), strict=False):
            _describe(inner, each)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


_format_exceptions = ExceptionRenderer(_ExceptionTransformer())


class _NamedLogger(structlog.WriteLogger):
    def __init__(self, name: str, file: TextIO) -> None:
        super().__init__(file)
        self.name = name


def _json(event: EventDict, **_options: Any) -> str:
    return pydantic_core.to_json(event, fallback=str).decode()


def configure_logging(service: str, level: str, *, stream: TextIO | None = None) -> None:
    """One JSON object a line, for our own log calls and those of libraries alike; standard output by default."""
    out = stream or sys.stdout
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _add_trace,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _format_exceptions,
    ]

    def with_service(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    last: list[structlog.typing.Processor] = [
        with_service,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(_json),
    ]
    structlog.configure(
        processors=[*shared, *last],
        # Straight to the stream: the way through the logging module costs more than the rest of the line.
        logger_factory=lambda name="helpdesk": _NamedLogger(name, out),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    processors = [ProcessorFormatter.remove_processors_meta, *last]
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=shared, processors=processors))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # PyMongo's and NATS' own debug logs repeat commands with their contents.
    for noisy in ("pymongo", "nats", "uvicorn.access", "asyncio"):
        logging.getLogger(noisy).setLevel("WARNING")


def configure_tracing(service: str) -> TracerProvider:
    """Every request and event gets a trace id, for the logs. Spans are recorded and exported only where an OTLP
    endpoint is set. Shut the result down to flush."""
    endpoint = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    provider = TracerProvider(
        sampler=DEFAULT_ON if endpoint else ALWAYS_OFF,
        resource=Resource.create({"service.name": service}),
        shutdown_on_exit=False,
    )
    if endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


@contextmanager
def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, traceparent: str | None = None, **attributes: Any
) -> Iterator[Span]:
    """A span around the block; a child of `traceparent` where that is given, else of the present one."""
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(name, context=parent, kind=kind, attributes=attributes) as current:
        yield current


def current_traceparent() -> str | None:
    """The present span in W3C form, e.g. `00-<trace id>-<span id>-01`; None outside of any."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")
