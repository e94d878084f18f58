"""Pages of forms: for authors, for those who read what arrives, and for patients."""
