"""More access for a while: asking, deciding, giving back."""
