"""Permissions, roles, default deny and the viewer of a request."""
