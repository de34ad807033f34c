"""The baseline: programs that do the minimal equivalent work on the same servers, in plain ASGI and plain NATS.

They check no token, validate nothing, keep no event log, and lose data in a crash.
"""
