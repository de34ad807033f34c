"""`make drill` destroys a separate stack and restores it from a backup.

fill     people work: tickets, replies, mails, and an invalid event, which becomes a dead letter
back up  `python -m backup run`, while people continue to work
destroy  the data directories of MongoDB, NATS and the mail catcher; the secrets and the backup are left
restore  `python -m backup restore`, then the replays that it recommends
compare  every ticket, message, notification and dead letter, as people see them

It measures the RPO, how much work is lost, and the RTO, how long it takes until people can work again.
"""
