"""Raised access that ends: by itself, or because somebody ends it."""
