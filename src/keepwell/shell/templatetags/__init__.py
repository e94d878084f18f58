"""Template tags: components and times."""
