"""The products; none imports another."""
