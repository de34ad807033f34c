"""What is measured: by its name, how each case is made.

list-20, list-50          GET /tickets of 20 customers with 50 each   beside a find of the same documents
list-20-of-1000, …        the same of one customer with 1000
create-ticket             POST /tickets                               beside an insert and a publish
reply                     POST /tickets/{id}/messages                 beside an insert, an update and a publish
login                     POST /auth/login                            beside a find, the same hash and an insert
unread-count              GET /notifications/unread-count             beside the same count
commit-to-sse             from the answer to the live stream          beside insert, publish, receive, write
commit-to-smtp            from the answer to the mail                 beside insert, publish, receive, hand over
commit-to-smtp-at-40, …   the same while 40 or 100 tickets/s are      beside the same
                          opened
login-timing              a log-in of nobody                          beside one of somebody with a wrong password
forgot-timing             a forgotten password of nobody              beside one of somebody
"""

from collections.abc import Mapping
from functools import partial

from bench import delays, timing, traffic
from bench.case import Make

CASES: Mapping[str, Make] = {
    "list-20": partial(traffic.listing, page=20),
    "list-50": partial(traffic.listing, page=50),
    "list-20-of-1000": partial(traffic.listing, page=20, of_one=True),
    "list-50-of-1000": partial(traffic.listing, page=50, of_one=True),
    "create-ticket": traffic.creating,
    "reply": traffic.replying,
    "login": traffic.logging_in,
    "unread-count": traffic.counting_unread,
    "commit-to-sse": delays.to_stream,
    "commit-to-smtp": delays.to_mail,
    "commit-to-smtp-at-40": partial(delays.to_mail, tickets_per_second=40),
    "commit-to-smtp-at-100": partial(delays.to_mail, tickets_per_second=100),
    "login-timing": timing.log_in,
    "forgot-timing": timing.forgotten_password,
}
