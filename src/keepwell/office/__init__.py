"""Pages by which people work the safeguards: sign-in, trail, persons, settings."""
