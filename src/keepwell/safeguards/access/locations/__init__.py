"""Locations: where an organisation works, and what belongs to which."""
