"""The chart of the peer `versioned`."""
