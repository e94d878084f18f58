"""Letters: what Keepwell writes to people, in words that hold nothing of a patient."""
