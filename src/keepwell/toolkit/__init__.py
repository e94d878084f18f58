"""Formats and arithmetic that can be checked by hand; pure Python, no Django."""
