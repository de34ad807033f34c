"""What tickets can be found and sorted by without reading them all.

An index for each order of a list, and for each filter an index in order of creation; the filters that queues are made
of have one in order of change too. Deleted tickets are in none of them but their own (docs/decisions/0022).
"""

from pymongo import ASCENDING, DESCENDING, IndexModel

from common.outbox.aggregate import OUTBOX_INDEX

_Field = tuple[str, int]

_ALIVE = {"deleted_at": None}
_ORGANISATION: _Field = ("organisation_id", ASCENDING)
_LAST_CREATED: _Field = ("_id", DESCENDING)
_LAST_UPDATED: _Field = ("updated_at", DESCENDING)
_REQUESTER: _Field = ("requester.id", ASCENDING)
_STATUS: _Field = ("status", ASCENDING)
_ASSIGNEE: _Field = ("assignee.id", ASCENDING)


def _among_alive(*fields: _Field) -> IndexModel:
    return IndexModel([_ORGANISATION, *fields], partialFilterExpression=_ALIVE)


INDEXES = [
    _among_alive(_LAST_CREATED),
    _among_alive(_REQUESTER, _LAST_CREATED),
    _among_alive(_STATUS, _LAST_CREATED),
    _among_alive(_ASSIGNEE, _LAST_CREATED),
    _among_alive(("category", ASCENDING), _LAST_CREATED),
    _among_alive(("tags", ASCENDING), _LAST_CREATED),
    _among_alive(_LAST_UPDATED, _LAST_CREATED),
    _among_alive(_REQUESTER, _LAST_UPDATED, _LAST_CREATED),
    _among_alive(_STATUS, _LAST_UPDATED, _LAST_CREATED),
    _among_alive(_ASSIGNEE, _LAST_UPDATED, _LAST_CREATED),
    _among_alive(("urgency", DESCENDING), _LAST_CREATED),
    _among_alive(("words", ASCENDING)),
    IndexModel(
        [_ORGANISATION, ("escalated_at", ASCENDING), _LAST_CREATED],
        partialFilterExpression={**_ALIVE, "escalated_at": {"$type": "date"}},
    ),
    IndexModel(
        [_ORGANISATION, ("deleted_at", ASCENDING), _LAST_CREATED],
        partialFilterExpression={"deleted_at": {"$type": "date"}},
    ),
    IndexModel(
        [_ORGANISATION, ("follow_up_of", ASCENDING)],
        unique=True,
        partialFilterExpression={**_ALIVE, "follow_up_of": {"$type": "binData"}},
    ),
    IndexModel([_ORGANISATION, ("number", ASCENDING)], unique=True),
    OUTBOX_INDEX,
]
