"""The generated files of the repository, and the checks of the manifests in infra/k8s."""
