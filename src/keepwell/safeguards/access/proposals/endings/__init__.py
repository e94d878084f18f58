"""Proposals that end with the right of whoever made or confirmed them."""
