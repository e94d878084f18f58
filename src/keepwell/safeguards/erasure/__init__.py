"""Erasing a whole organisation: its rows, files and letters, and the keys of all of them."""
