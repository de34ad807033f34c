"""The indexes of tickets (docs/decisions/0022).

Each sort order has an index, and each filter one in order of creation; the filters of queues also have one in order of
change. Deleted tickets are in an index of their own, and in those of positions (docs/decisions/0049).
"""

from pymongo import ASCENDING, DESCENDING, IndexModel

from common.outbox.aggregate import OUTBOX_INDEX

_Field = tuple[str, int]

_UNDELETED = {"deleted_at": None}
POSITIONED = {"position": {"$gt": 0}}
UNPOSITIONED = {"position": None}
_ORGANISATION: _Field = ("organisation_id", ASCENDING)
_LAST_CREATED: _Field = ("_id", DESCENDING)
_LAST_UPDATED: _Field = ("updated_at", DESCENDING)
_REQUESTER: _Field = ("requester.id", ASCENDING)
_STATUS: _Field = ("status", ASCENDING)
_ASSIGNEE: _Field = ("assignee.id", ASCENDING)


def _undeleted(*fields: _Field) -> IndexModel:
    return IndexModel([_ORGANISATION, *fields], partialFilterExpression=_UNDELETED)


INDEXES = [
    _undeleted(_LAST_CREATED),
    _undeleted(_REQUESTER, _LAST_CREATED),
    _undeleted(_STATUS, _LAST_CREATED),
    _undeleted(_ASSIGNEE, _LAST_CREATED),
    _undeleted(("category", ASCENDING), _LAST_CREATED),
    _undeleted(("tags", ASCENDING), _LAST_CREATED),
    _undeleted(_LAST_UPDATED, _LAST_CREATED),
    _undeleted(_REQUESTER, _LAST_UPDATED, _LAST_CREATED),
    _undeleted(_STATUS, _LAST_UPDATED, _LAST_CREATED),
    _undeleted(_ASSIGNEE, _LAST_UPDATED, _LAST_CREATED),
    _undeleted(("urgency", DESCENDING), _LAST_CREATED),
    _undeleted(("search_terms", ASCENDING)),
    IndexModel(
        [_ORGANISATION, ("escalated_at", ASCENDING), _LAST_CREATED],
        partialFilterExpression={**_UNDELETED, "escalated_at": {"$type": "date"}},
    ),
    IndexModel(
        [_ORGANISATION, ("deleted_at", ASCENDING), _LAST_CREATED],
        partialFilterExpression={"deleted_at": {"$type": "date"}},
    ),
    IndexModel(
        [_ORGANISATION, ("follow_up_of", ASCENDING)],
        unique=True,
        partialFilterExpression={**_UNDELETED, "follow_up_of": {"$type": "binData"}},
    ),
    IndexModel([_ORGANISATION, ("number", ASCENDING)], unique=True),
    IndexModel([_ORGANISATION, ("position", ASCENDING)], unique=True, partialFilterExpression=POSITIONED),
    IndexModel([_ORGANISATION], name="unpositioned", partialFilterExpression=UNPOSITIONED),
    OUTBOX_INDEX,
]
