"""Query parameters and response bodies of the directory."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.events import Role
from common.http.paging import PageParameters
from common.http.schemas import NamePrefix, View


class DirectoryFilter(PageParameters):
    text: Annotated[
        NamePrefix | None,
        Field(description="A prefix of a name or of a part of one, or of the address of an agent or admin."),
    ] = None
    staff: bool = False


class DirectoryPersonView(View):
    """`email` is null for customers: agents and admins see only the addresses of each other."""

    id: UUID
    name: str
    role: Role
    email: str | None = None
