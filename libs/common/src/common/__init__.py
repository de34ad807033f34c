"""What every Helpdesk service shares, and nothing else.

events/                 event classes and their schemas
messaging/              JetStream: publishers, consumers, dead letters
outbox/                 the transactional outbox: no event is lost
idempotent_consumer.py  no effect is made twice
http/                   the conventions of the HTTP surface
token_trust.py          which access tokens are valid
"""
