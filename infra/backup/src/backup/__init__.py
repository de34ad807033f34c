"""Backups: every database at one moment, and what has no other copy than its stream, in one encrypted file.

docs/decisions/0018-snapshot-backups.md says why it is done so, docs/operations/restore.md how to get back.
"""
