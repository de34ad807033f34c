"""The benchmarks: what Helpdesk costs beside the bare limit of the very parts it is made of (docs/benchmarks.md)."""
