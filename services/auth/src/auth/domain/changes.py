"""The changed fields of a document, as the audit trail shows them."""

from collections.abc import Mapping
from typing import Any

from common.events import FieldChange


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, FieldChange]:
    """The fields of `after` that differ from `before`."""
    return {
        field: FieldChange(before=before[field], after=value)
        for field, value in after.items()
        if before[field] != value
    }
