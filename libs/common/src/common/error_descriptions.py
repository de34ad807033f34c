"""What a log line or a dead letter says of an error, without the values that the error is about: they are what people
wrote, addresses or tokens."""

from pydantic import ValidationError
from pymongo.errors import BulkWriteError, DuplicateKeyError


def describe(error: BaseException) -> str:
    """An error whose text repeats values or whole documents is described by the names of fields, indexes and codes."""
    if isinstance(error, ValidationError):
        wrong = error.errors(include_url=False, include_context=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong)
    if isinstance(error, DuplicateKeyError):
        fields = ", ".join((error.details or {}).get("keyPattern", {}))
        return f"another document has the same {fields or 'key'}"
    if isinstance(error, BulkWriteError):
        failed = (error.details or {}).get("writeErrors", [])
        codes = ", ".join(sorted({str(each.get("code")) for each in failed}))
        return f"MongoDB refused {len(failed)} writes of a batch with the codes: {codes or 'none'}"
    return str(error)
