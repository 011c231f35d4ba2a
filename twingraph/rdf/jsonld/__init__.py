"""Compact JSON-LD, written line by line."""
