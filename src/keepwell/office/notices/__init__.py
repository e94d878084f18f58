"""The Notice of Privacy Practices: pages on which it is written, and the page anybody reads."""
