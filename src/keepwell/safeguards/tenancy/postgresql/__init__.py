"""Django's PostgreSQL backend, with the wall sent in the message of what is asked."""
