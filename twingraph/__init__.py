"""Twingraph: the open knowledge graph of town partnerships."""
