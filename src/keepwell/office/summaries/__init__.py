"""The daily summary: a letter that says how much waits, for those who chose it."""
