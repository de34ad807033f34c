"""The pure part of the domain: rules, tables and values. It does no I/O and imports no feature."""
