"""Quotas of uploads, reserved before the body is read."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request

from common.errors import PayloadTooLarge
from common.http.state import AppState
from common.principal import Principal
from common.rate_limits import Quota
from tickets.attachments.schemas import MAX_BYTES, MAX_UPLOAD_BYTES, MEGABYTE
from tickets.settings import TicketsSettings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FILES, MEGABYTES = "files", "MB of files"


@dataclass(frozen=True)
class UploadQuotas:
    """Of one person and of one organisation: files in an hour, megabytes in a day."""

    person_files: Quota
    person_megabytes: Quota
    organisation_files: Quota
    organisation_megabytes: Quota

    @classmethod
    def of(cls, settings: TicketsSettings) -> "UploadQuotas":
        return cls(
            Quota("uploads-person", settings.uploads_per_person_hour, FILES, HOUR),
            Quota("upload-megabytes-person", settings.upload_megabytes_per_person_day, MEGABYTES, DAY),
            Quota("uploads-organisation", settings.uploads_per_organisation_hour, FILES, HOUR),
            Quota("upload-megabytes-organisation", settings.upload_megabytes_per_organisation_day, MEGABYTES, DAY),
        )

    async def reserve(self, request: Request, user: Principal) -> None:
        """By the declared length of the body; without one, for the largest file. Raises PayloadTooLarge,
        TooManyRequests."""
        declared = request.headers.get("content-length", "")
        size = int(declared) if declared.isdigit() else MAX_UPLOAD_BYTES
        if size > MAX_UPLOAD_BYTES:
            raise PayloadTooLarge(f"An attachment can have up to {MAX_BYTES // MEGABYTE} MB.")
        megabytes = -(-size // MEGABYTE)
        state: AppState = request.app.state.services
        person, organisation = str(user.user_id), str(user.organisation_id)
        await state.rate_limiter.reserve(self.person_files, person)
        await state.rate_limiter.reserve(self.person_megabytes, person, megabytes)
        await state.rate_limiter.reserve(self.organisation_files, organisation)
        await state.rate_limiter.reserve(self.organisation_megabytes, organisation, megabytes)
