"""End-to-end tests of the web client on the whole stack, in a real Chromium."""
