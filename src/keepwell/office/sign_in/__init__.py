"""Sign-in, second step, set-up, and an account's own page: how staff get in and out."""
