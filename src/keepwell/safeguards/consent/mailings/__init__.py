"""Letters that nobody has to get: who chose one, who withdrew, and the link that withdraws."""
