"""Rules for every pod: the `restricted` level of Pod Security, and more."""

from collections.abc import Iterator

from cluster.checks.kustomize import Document
from cluster.checks.references import containers, pods


def problems(documents: list[Document]) -> list[str]:
    """Of one combination."""
    return [
        *(f"{name}: {problem}" for name, template in pods(documents) for problem in _of_pod(name, template)),
        *_secrets(documents),
    ]


def _of_pod(name: str, template: Document) -> Iterator[str]:
    spec = template["spec"]
    if spec.get("automountServiceAccountToken") is not False:
        yield "mounts a service account token, which nothing uses"
    if spec.get("enableServiceLinks") is not False:
        yield "gets the addresses of all services as variables"
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"has {field}"
    for volume in spec.get("volumes", []):
        if "hostPath" in volume:
            yield f"mounts {volume['hostPath']['path']} of its node"
        if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
            yield f"has no size limit for {volume['name']}"
    for container in containers(template):
        for problem in _of_container(spec.get("securityContext", {}), container):
            yield f"{container['name']} {problem}"
    if name.split()[0] in {"Deployment", "StatefulSet"}:
        for container in spec["containers"]:
            probes = [str(container.get(f"{each}Probe")) for each in ("startup", "liveness", "readiness")]
            if container.get("livenessProbe") is None or container.get("readinessProbe") is None:
                yield f"{container['name']} lacks a probe"
            elif probes[1] == probes[2]:
                yield f"{container['name']} has the same liveness and readiness probe"


def _of_container(of_pod: Document, container: Document) -> Iterator[str]:
    context = {**of_pod, **container.get("securityContext", {})}
    if context.get("runAsNonRoot") is not True:
        yield "may run as root"
    if context.get("runAsUser") == 0:
        yield "runs as root"
    if context.get("allowPrivilegeEscalation") is not False:
        yield "may gain privileges"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "may make any system call"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield "keeps capabilities"
    if "readOnlyRootFilesystem" not in context:
        yield "does not set readOnlyRootFilesystem"
    requests, limits = (container.get("resources", {}).get(each, {}) for each in ("requests", "limits"))
    if not {"cpu", "memory"} <= set(requests):
        yield "has no requests for CPU and memory"
    if "memory" not in limits:
        yield "has no memory limit"


_SECRET = ("PASSWORD", "_KEY", "KEYS", "MONGO_URL", "ADMIN_URL")


def _secrets(documents: list[Document]) -> Iterator[str]:
    """Production overlays contain no Secret, and no overlay contains a secret as a literal."""
    for document in documents:
        name = f"{document['kind']} {document['metadata']['name']}"
        if document["kind"] == "Secret" and not _is_development(documents):
            yield f"{name} is in an overlay for production"
    for name, template in pods(documents):
        for container in containers(template):
            for variable in container.get("env", []):
                if "value" in variable and variable["name"].endswith(_SECRET):
                    yield f"{name}: {variable['name']} is a literal, not a reference"
        if not _is_development(documents) and any(
            not container["securityContext"].get("readOnlyRootFilesystem") for container in containers(template)
        ):
            yield f"{name} may write to its root file system"


def _is_development(documents: list[Document]) -> bool:
    return any(
        each.get("data", {}).get("HELPDESK_ENVIRONMENT") == "local" for each in documents if each["kind"] == "ConfigMap"
    )
