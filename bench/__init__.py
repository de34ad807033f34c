"""Benchmarks of Helpdesk against a baseline on the same servers (docs/benchmarks.md)."""
