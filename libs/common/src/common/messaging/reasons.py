"""Why an event failed, in words without what it contains: a reason is logged, and shown to those who may not read the
event."""

from pydantic import ValidationError
from pymongo.errors import DuplicateKeyError


def describe(error: BaseException) -> str:
    """An error that would print the values it refuses is described by the names of fields and indexes."""
    if isinstance(error, ValidationError):
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong)
    if isinstance(error, DuplicateKeyError):
        fields = ", ".join((error.details or {}).get("keyPattern", {}))
        return f"another document has the same {fields or 'key'}"
    return str(error)
