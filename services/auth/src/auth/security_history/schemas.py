"""Responses about the security history."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from common.http.schemas import PersonRefView, Time, View


class SecurityEventView(View):
    """`type` is the name of the event, e.g. `mfa.enabled`; `actor` is null where nobody was logged in."""

    id: UUID
    type: Annotated[str, AfterValidator(lambda type_: type_.removeprefix("auth."))]
    occurred_at: Time = Field(validation_alias="time")
    actor: PersonRefView | None
    ip: str | None
    user_agent: str | None

    @classmethod
    def projection(cls) -> list[str]:
        return ["type", "time", "actor", "ip", "user_agent"]
