"""Organisations and the wall between them."""
