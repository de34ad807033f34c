"""The list of tickets: filters, search terms, sort orders and pages."""
