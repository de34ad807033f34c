"""docs/openapi.json: one OpenAPI document, merged from those of the services."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common.services import SERVICES
from stack import environments, secrets
from stack.errors import StepFailed
from stack.options import Options
from stack.paths import Paths
from stack.topology import assemble

Document = dict[str, Any]
_REFERENCE = "#/components/schemas/"


async def collect() -> dict[str, Document]:
    """Each service's own document. No server has to run."""
    with TemporaryDirectory() as directory:
        stack = assemble(Options(data=Path(directory)), Paths(Path(directory)), secrets.generate())
        documents = await asyncio.gather(*(_of(name, stack.environments.of_service(name, 1)) for name in SERVICES))
    return dict(zip(SERVICES, documents, strict=True))


async def _of(service: str, environment: Mapping[str, str]) -> Document:
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *environments.openapi_command(service), env=environment, stdout=pipe, stderr=pipe
    )
    output, errors = await child.communicate()
    if child.returncode:
        raise StepFailed(f"python -m {service} openapi failed: {errors.decode()[-500:]}")
    document: Document = json.loads(output)
    return document


def merge(documents: Mapping[str, Document]) -> Document:
    """All documents in one. A schema that differs between services is prefixed with the name of each service."""
    ambiguous = _ambiguous(documents)
    paths: Document = {}
    schemas: Document = {}
    components: Document = {}
    for service, original in documents.items():
        renamed = {name: f"{service.title()}{name}" for name in original["components"]["schemas"] if name in ambiguous}
        document = _with_names(original, renamed)
        paths |= document["paths"]
        schemas |= document["components"].pop("schemas")
        for kind, named in document["components"].items():
            components.setdefault(kind, {}).update(named)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Helpdesk", "version": "1"},
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {**components, "schemas": dict(sorted(schemas.items()))},
    }


def text_of(document: Document) -> str:
    """As it is committed."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _ambiguous(documents: Mapping[str, Document]) -> set[str]:
    """Names whose meaning differs, and those that mention one of these: they differ in what they lead to."""
    all_schemas = [document["components"]["schemas"] for document in documents.values()]
    found: set[str] = set()
    while True:
        more = {
            name
            for schemas in all_schemas
            for name, schema in schemas.items()
            if name not in found
            and any(name in others and (others[name] != schema or _mentions(schema) & found) for others in all_schemas)
        }
        if not more:
            return found
        found |= more


def _mentions(node: Any) -> set[str]:
    match node:
        case {"$ref": str(reference)}:
            return {reference.removeprefix(_REFERENCE)}
        case dict():
            return set().union(*map(_mentions, node.values()))
        case list():
            return set().union(*map(_mentions, node))
    return set()


def _with_names(node: Any, renamed: Mapping[str, str]) -> Any:
    """A copy in which schemas and what refers to them have their new names."""
    match node:
        case {"$ref": str(reference)}:
            name = reference.removeprefix(_REFERENCE)
            return {**node, "$ref": _REFERENCE + renamed.get(name, name)}
        case {"schemas": dict(schemas), **others}:
            named = {renamed.get(name, name): _with_names(schema, renamed) for name, schema in schemas.items()}
            return {**{key: _with_names(value, renamed) for key, value in others.items()}, "schemas": named}
        case dict():
            return {key: _with_names(value, renamed) for key, value in node.items()}
        case list():
            return [_with_names(value, renamed) for value in node]
    return node
