"""Tests of the parts that need no server: pure decisions, and what is wired around them."""
