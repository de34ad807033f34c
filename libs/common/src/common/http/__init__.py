"""The conventions of the HTTP surface, once for all services."""
