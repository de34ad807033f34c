"""mailer's API runs without the secrets and the settings of its workers."""

import pytest

from mailer.settings import MailerSettings
from tests.integration.mailer.conftest import Office
from tests.integration.mailer.test_outbox import id_of, requested_mail
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.mailer_fixture import address_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_api_without_a_sender_lists_mails_and_has_a_worker_retry_them(office: Office) -> None:
    request = requested_mail(office)
    office.room.smtp.answers[address_of(request)] = "550 no such user"
    await office.room.ask(request)
    await office.room.became(request, "failed")
    del office.room.smtp.answers[address_of(request)]

    async with office.room.installation.run("mailer", "api") as api:
        assert not isinstance(api.service.settings, MailerSettings)
        await eventually(api.is_ready)
        path = f"/api/v1/mail/outbox/{id_of(request)}"
        assert ok(await api.http.get(path, headers=office.admin.headers))["status"] == "failed"
        ok(await api.http.post(f"{path}/retry", headers=office.admin.headers), 202)
        await office.room.became(request, "sent")
