"""The page of allowed networks: from where members may come in, and what a change would do."""
