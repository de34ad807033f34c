"""Backups: one encrypted file with all databases at one cluster time, and the streams that have no other copy.

docs/decisions/0018-snapshot-backups.md gives the reasons, docs/operations/restore.md the procedures.
"""
