"""The chart of the peer `audited`."""
