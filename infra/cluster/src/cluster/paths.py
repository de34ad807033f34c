"""Where the manifests are."""

from stack.paths import CHECKOUT

K8S = CHECKOUT / "infra" / "k8s"
BASE = K8S / "base"
COMPONENTS = K8S / "components"
OVERLAYS = K8S / "overlays"
SCHEMAS = K8S / "schemas"
TOOLS = CHECKOUT / "infra" / "cluster" / "tools"
