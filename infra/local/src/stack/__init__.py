"""The whole Helpdesk stack on one machine: real MongoDB, NATS, NGINX, a mail catcher and the four services.

`python -m stack up` runs it. Read topology.py first: it is the stack as one list. The parts it names can be
used alone, for example by test fixtures: `stack.mongo.MongoServer`, `stack.nats.NatsServer`, `stack.binaries`.
"""
