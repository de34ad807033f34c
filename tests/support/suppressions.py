"""mailer's suppression list as other services hear of it, without a running mailer."""

import itertools
from uuid import UUID

from common.addresses import address_key
from common.events.mailer import SuppressionAdded, SuppressionRemoved
from common.ids import derived_id
from common.messaging.publisher import JetStreamPublisher
from tests.support.messaging import envelope_of
from tests.support.services import Installation

_sequences = itertools.count(1)


async def suppress(installation: Installation, organisation_id: UUID, email: str, reason: str = "It bounced.") -> None:
    await _publish(installation, organisation_id, SuppressionAdded(email=email, reason=reason))


async def remove_suppression(installation: Installation, organisation_id: UUID, email: str) -> None:
    await _publish(installation, organisation_id, SuppressionRemoved(email=email))


async def _publish(
    installation: Installation, organisation_id: UUID, event: SuppressionAdded | SuppressionRemoved
) -> None:
    id_ = derived_id("suppression", organisation_id, address_key(event.email))
    envelope = envelope_of(event, id_, sequence=next(_sequences), organisation_id=organisation_id)
    async with installation.connected("mailer") as broker:
        await JetStreamPublisher(broker).publish(envelope)
