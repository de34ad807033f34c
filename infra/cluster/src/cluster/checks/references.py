"""References resolve: settings, secrets, selectors, targets. A cluster accepts dangling ones without an error."""

from collections.abc import Iterator
from typing import Any

from cluster.checks.kustomize import Document
from common.services import EXTERNAL_CONSUMERS, SERVICES, generated_keys, public_keys

_KEYS = {secret: [*keys, *public_keys().get(secret, ())] for secret, keys in generated_keys().items()}

SECRETS: dict[str, set[str]] = {
    **{name: {"mongo-url", "nats-password", *_KEYS.get(name, ())} for name in SERVICES},
    **{name: set(keys) for name, keys in _KEYS.items() if name not in SERVICES},
    **{each.name: {"nats-password"} for each in EXTERNAL_CONSUMERS},
    "backup": {"mongo-url", "nats-password", "recipient"},
    "mongo": {"admin-url", "keyfile"},
    "nats": {"provisioner-password", "route-password"},
    "smtp": {"username", "password"},
    "dkim": {"key.pem"},
}
"""The Secrets that exist before the manifests are applied: infra/k8s/make_secrets.py creates them, except `dkim`
(components/dkim)."""


def problems(documents: list[Document]) -> list[str]:
    """Of one combination."""
    return [problem for find in (_missing, _selectors, _targets, _twice) for problem in find(documents)]


def pods(documents: list[Document]) -> Iterator[tuple[str, Document]]:
    """`Kind name` and template of every pod."""
    for document in documents:
        spec = document.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield f"{document['kind']} {document['metadata']['name']}", template


def containers(template: Document) -> list[Document]:
    """Init containers and containers of a pod."""
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


def _missing(documents: list[Document]) -> Iterator[str]:
    there = {(each["kind"], each["metadata"]["name"]): set(each.get("data", {})) for each in documents}
    for name, template in pods(documents):
        for kind, wanted, key, optional in _named(template):
            keys = there.get((kind, wanted))
            if keys is None and kind == "Secret":
                keys = SECRETS.get(wanted)
            if keys is None:
                if not optional:
                    yield f"{name} names {kind} {wanted}, which does not exist"
            elif key and key not in keys and not optional:
                yield f"{name} names the key {key} of {kind} {wanted}, which has only {', '.join(sorted(keys))}"


def _named(template: Document) -> Iterator[tuple[str, str, str | None, bool]]:
    """Kind, name, key, and whether it is optional."""
    for container in containers(template):
        for source in container.get("envFrom", []):
            yield from _reference(source)
        for variable in container.get("env", []):
            yield from _reference(variable.get("valueFrom", {}))
    for volume in template["spec"].get("volumes", []):
        if secret := volume.get("secret"):
            for item in secret.get("items", [{}]):
                yield "Secret", secret["secretName"], item.get("key"), False
        if config := volume.get("configMap"):
            yield "ConfigMap", config["name"], None, False
        if claim := volume.get("persistentVolumeClaim"):
            yield "PersistentVolumeClaim", claim["claimName"], None, False


def _reference(source: dict[str, Any]) -> Iterator[tuple[str, str, str | None, bool]]:
    for field, kind in {
        "configMapRef": "ConfigMap",
        "secretRef": "Secret",
        "configMapKeyRef": "ConfigMap",
        "secretKeyRef": "Secret",
    }.items():
        if named := source.get(field):
            yield kind, named["name"], named.get("key"), named.get("optional", False)


def _selectors(documents: list[Document]) -> Iterator[str]:
    labels = [template["metadata"]["labels"] for _, template in pods(documents)]
    for document in documents:
        kind, name = document["kind"], document["metadata"]["name"]
        selector = _selector(document)
        if selector and name not in _CREATED_LATER and not any(_matches(selector, each) for each in labels):
            yield f"{kind} {name} selects no pod"


def _selector(document: Document) -> Document | None:
    """Its pod selector; None where it has none, or selects all pods."""
    spec: Document = document.get("spec", {})
    match document["kind"]:
        case "Service":
            return {"matchLabels": spec["selector"]}
        case "PodDisruptionBudget":
            return dict(spec["selector"])
        case "NetworkPolicy":
            return dict(spec["podSelector"])
    return None


_CREATED_LATER = {"journey"}
"""Policies of pods that `skaffold verify` creates."""


def _matches(selector: Document, labels: dict[str, str]) -> bool:
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and all(
        expression["operator"] == "In" and labels.get(expression["key"]) in expression["values"]
        for expression in selector.get("matchExpressions", [])
    )


def _targets(documents: list[Document]) -> Iterator[str]:
    there = {(each["kind"], each["metadata"]["name"]): each for each in documents}
    for document in documents:
        name, spec = f"{document['kind']} {document['metadata']['name']}", document.get("spec", {})
        if target := spec.get("scaleTargetRef"):
            scaled = there.get((target.get("kind", "Deployment"), target["name"]))
            if scaled is None:
                yield f"{name} scales {target['name']}, which does not exist"
            elif "replicas" in scaled["spec"]:
                yield f"{name} scales {target['name']}, whose manifest sets replicas as well"
        for service, port in _backends(document):
            offered = there.get(("Service", service), {}).get("spec", {}).get("ports", [])
            if port not in {value for each in offered for value in (each["name"], each["port"], each["targetPort"])}:
                yield f"{name} sends to {service}:{port}, which does not exist"


def _backends(document: Document) -> Iterator[tuple[str, str | int]]:
    spec = document.get("spec", {})
    if document["kind"] == "Ingress":
        for rule in spec["rules"]:
            for path in rule["http"]["paths"]:
                service = path["backend"]["service"]
                yield service["name"], service["port"].get("name") or service["port"]["number"]
    elif document["kind"] == "HTTPRoute":
        for rule in spec["rules"]:
            for backend in rule["backendRefs"]:
                yield backend["name"], backend["port"]
    elif document["kind"] == "Route":
        yield spec["to"]["name"], spec["port"]["targetPort"]


def _twice(documents: list[Document]) -> Iterator[str]:
    scaled = [each["spec"]["scaleTargetRef"]["name"] for each in documents if "scaleTargetRef" in each.get("spec", {})]
    for name in {name for name in scaled if scaled.count(name) > 1}:
        yield f"{name} is scaled twice"
