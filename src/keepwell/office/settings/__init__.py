"""Pages over the organisation itself: its profile as patients see it, its logo."""
