"""Canada."""
