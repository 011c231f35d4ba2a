"""Wikidata as a source."""
