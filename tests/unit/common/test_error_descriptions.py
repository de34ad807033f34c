import pytest
from pydantic import TypeAdapter, ValidationError
from pymongo.errors import BulkWriteError, DuplicateKeyError

from common.error_descriptions import describe
from common.messaging.wire import decode, encode
from tests.unit.common.messaging.test_wire import PLAIN


def test_the_reason_of_a_message_that_is_no_event_does_not_repeat_what_it_contains() -> None:
    headers, _ = encode(PLAIN)

    with pytest.raises(ValueError, match="dict") as refused:
        decode(headers, b'["the words of a customer"]')

    assert "words" not in describe(refused.value)


def test_the_reason_of_a_failed_handler_names_fields_and_not_values() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(dict[str, int]).validate_python({"count": "the words of a customer"})
    assert describe(refused.value).startswith("count: ")
    assert "words" not in describe(refused.value)

    details = {"keyPattern": {"organisation_id": 1, "email_key": 1}, "keyValue": {"email_key": "casey@example.com"}}
    taken = DuplicateKeyError('E11000 duplicate key error dup key: { email_key: "casey@example.com" }', 11000, details)
    assert describe(taken) == "another document has the same organisation_id, email_key"


def test_the_description_of_a_batch_that_mongodb_refused_has_no_document_of_it() -> None:
    failed = {"index": 0, "code": 10334, "errmsg": "too large", "op": {"body": "the words of a customer"}}
    refused = BulkWriteError({"writeErrors": [failed], "writeConcernErrors": [], "nInserted": 0})
    assert "words" not in describe(refused)
    assert "10334" in describe(refused)
