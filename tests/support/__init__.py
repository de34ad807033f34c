"""Servers, services and clients that tests share."""
