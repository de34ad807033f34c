"""Finding tickets: filters, words, orders and pages."""
