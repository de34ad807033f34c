"""`make drill`: loses everything on purpose, and gets it back from a backup.

fill     people work: tickets, answers, mails, and an event that nobody can read (a dead letter)
back up  `python -m backup run`, while they go on working
destroy  every data directory of MongoDB, NATS and the mail catcher; only the secrets and the backup are left
restore  `python -m backup restore`, then what somebody may not have heard is said again
compare  every document by count and hash; every ticket, message, notification and dead letter as people see them

What is measured: RPO, how much time of work was lost; RTO, how long it took from the loss until people can work again.
"""
