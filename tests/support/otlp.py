"""A collector of traces: OTLP over HTTP, in protobuf."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """Ids are hexadecimal; `parent` is empty for a root span."""

    service: str
    name: str
    trace: str
    id: str
    parent: str


@dataclass
class Collector:
    """`url` is for OTEL_EXPORTER_OTLP_ENDPOINT."""

    url: str
    spans: list[Span] = field(default_factory=list)

    def add(self, export: ExportTraceServiceRequest) -> None:
        for resource in export.resource_spans:
            [service] = [each.value.string_value for each in resource.resource.attributes if each.key == "service.name"]
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                ids = (each.hex() for each in (span.trace_id, span.span_id, span.parent_span_id))
                self.spans.append(Span(service, span.name, *ids))


@contextmanager
def otlp_collector() -> Iterator[Collector]:
    """Listens on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.add(ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
