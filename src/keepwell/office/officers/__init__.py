"""Officers: who answers for security and for privacy."""
