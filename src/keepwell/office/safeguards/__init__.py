"""The page "safeguards": what is on, what is off, since when and why, as each room says itself."""
