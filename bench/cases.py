"""The benchmark cases by name. docs/benchmarks.md describes each case and its baseline."""

from collections.abc import Mapping
from functools import partial

from bench import end_to_end, throughput, timing_leak
from bench.case import CaseFactory

CASES: Mapping[str, CaseFactory] = {
    "list-20": partial(throughput.list_tickets, page=20),
    "list-50": partial(throughput.list_tickets, page=50),
    "list-20-of-1000": partial(throughput.list_tickets, page=20, single_customer=True),
    "list-50-of-1000": partial(throughput.list_tickets, page=50, single_customer=True),
    "create-ticket": throughput.create_ticket,
    "reply": throughput.add_reply,
    "login": throughput.log_in,
    "unread-count": throughput.count_unread,
    "commit-to-sse": end_to_end.commit_to_sse,
    "commit-to-smtp": end_to_end.commit_to_smtp,
    "commit-to-smtp-at-40": partial(end_to_end.commit_to_smtp, background_rate=40),
    "commit-to-smtp-at-100": partial(end_to_end.commit_to_smtp, background_rate=100),
    "login-timing": timing_leak.failed_login,
    "forgot-timing": timing_leak.forgotten_password,
}
