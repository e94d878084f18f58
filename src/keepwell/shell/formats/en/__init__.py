"""the United States."""
