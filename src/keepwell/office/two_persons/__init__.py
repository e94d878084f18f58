"""What takes two persons: proposed, confirmed by a colleague, done once."""
