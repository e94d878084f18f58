"""Invitations: how somebody who is no member yet comes to a pending membership."""
