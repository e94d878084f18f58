"""Every component once, with the words that say when to use it; for development only."""
