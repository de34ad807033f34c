"""The bare limits: the least that could be called the same work, on the same servers.

Each is one program of plain ASGI or plain NATS. They check no token, validate nothing, keep no event log and survive no
crash. Nothing that does the work on these servers could be much faster than they are; how much slower Helpdesk is, is
what the benchmarks say.
"""
