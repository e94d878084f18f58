"""A lost phone or passkey: a colleague starts the replacement, others can confirm or stop it."""
