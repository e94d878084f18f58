"""Peers: the same chart in plain Django and three libraries, each an app of its own."""
