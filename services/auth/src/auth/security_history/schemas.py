"""Responses about the security history."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from common.http.schemas import PersonRefView, Time, View


class SecurityEventView(View):
    """`type` is the name of the event, e.g. `mfa.enabled`; `actor` is null where nobody was logged in. `ip` and
    `user_agent` are null where the actor is somebody else, e.g. an admin."""

    id: UUID
    type: Annotated[str, AfterValidator(lambda type_: type_.removeprefix("auth."))]
    occurred_at: Time = Field(validation_alias="time")
    actor: PersonRefView | None
    ip: str | None
    user_agent: str | None

    @model_validator(mode="before")
    @classmethod
    def _leave_out_the_device_of_somebody_else(cls, event: dict[str, Any]) -> dict[str, Any]:
        actor = event["actor"]
        if actor is not None and actor["id"] != event["aggregate_id"]:
            return {**event, "ip": None, "user_agent": None}
        return event

    @classmethod
    def projection(cls) -> list[str]:
        return ["aggregate_id", "type", "time", "actor", "ip", "user_agent"]
