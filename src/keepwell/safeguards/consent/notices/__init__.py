"""The Notice of Privacy Practices: written, published, read by anybody."""
