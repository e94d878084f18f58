"""Two persons for what one alone should not do: proposed by one, confirmed by another."""
