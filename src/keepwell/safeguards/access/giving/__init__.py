"""Giving a role above one's own: with others looking."""
