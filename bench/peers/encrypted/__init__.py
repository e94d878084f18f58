"""The chart of the peer `encrypted`."""
