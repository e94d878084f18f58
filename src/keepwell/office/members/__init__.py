"""Members: who works here, who is invited, who waits, who has left."""
