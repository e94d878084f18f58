"""What travels with an export and runs without Keepwell."""
