"""The chart of the peer `plain`."""
