"""An installation for production is reached over TLS only."""

import pytest

from cluster.checks.kustomize import build
from tests.support.manifests import manifest


def test_the_ingress_of_production_terminates_tls_with_a_certificate_for_its_host() -> None:
    documents = build("production")
    ingress = manifest(documents, "Ingress", "helpdesk")["spec"]
    certificate = manifest(documents, "Certificate", "helpdesk")["spec"]
    host = ingress["rules"][0]["host"]
    assert ingress["tls"] == [{"hosts": [host], "secretName": certificate["secretName"]}]
    assert certificate["dnsNames"] == [host]


@pytest.mark.parametrize("overlay", ["gateway-api", "openshift"])
def test_an_overlay_without_an_ingress_asks_for_no_certificate_that_nothing_uses(overlay: str) -> None:
    assert [each["kind"] for each in build(overlay) if each["kind"] in ("Ingress", "Certificate")] == []
