"""KEDA's ScaledObjects: workers as many as their consumers' lag needs, from `common.messaging.topology`."""

from typing import Any

from common.messaging.topology import consumers_of
from common.services import SERVICES

NAMESPACE = "helpdesk"
LAG = 500
"""How many waiting messages one replica is thought to be good for: some seconds of its work."""

MONITOR = f"nats.{NAMESPACE}.svc.cluster.local:8222"
"""Every node under one name. KEDA puts the leader's own name before it: a node's name is its pod's."""


def scaled_objects() -> list[dict[str, Any]]:
    """One for each worker. It runs two at least, one of which the relay's lease belongs to."""
    return [
        {
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "metadata": {"name": f"{service}-worker", "namespace": NAMESPACE},
            "spec": {
                "scaleTargetRef": {"name": f"{service}-worker"},
                "minReplicaCount": 2,
                "maxReplicaCount": 8,
                "pollingInterval": 15,
                "cooldownPeriod": 300,
                "triggers": [
                    {
                        "type": "nats-jetstream",
                        "metadata": {
                            "natsServerMonitoringEndpoint": MONITOR,
                            "account": "$G",
                            "stream": consumer.stream,
                            "consumer": consumer.service,
                            "lagThreshold": str(LAG),
                        },
                    }
                    for consumer in consumers_of(service)
                ],
            },
        }
        for service in SERVICES
    ]
