"""A colleague has lost the phone: a new second step, started by an administrator."""
