"""What every Helpdesk service shares, and nothing else.

events/      what is said          messaging/   how it travels
outbox/      nothing is lost       inbox.py     nothing is done twice
http/        the conventions of the HTTP surface
trust.py     whose tokens are believed
"""
