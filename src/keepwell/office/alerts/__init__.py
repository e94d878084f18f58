"""Alerts: the list, one of them with what happened, and the letters about them."""
