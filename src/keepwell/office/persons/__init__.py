"""Pages over persons: the list, one person's facts and timeline, joining, parting, erasing."""
