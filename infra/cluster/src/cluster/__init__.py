"""The manifests in infra/k8s: the part of them that follows from the code, and the checks that all must pass."""
