"""What every Helpdesk service shares, and nothing else.

events/         what is said                  messaging/   how it travels
outbox/         nothing is lost               inbox.py     nothing is done twice
http/           the conventions of the HTTP surface
token_trust.py  which access tokens are valid
"""
