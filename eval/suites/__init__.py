"""Suites: what is asked of a system, and what a reply is worth."""
