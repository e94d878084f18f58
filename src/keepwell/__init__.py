"""Keepwell: products for patients' data on one set of safeguards."""
