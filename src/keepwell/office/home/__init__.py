"""The first page: what waits for whoever has just signed in."""
