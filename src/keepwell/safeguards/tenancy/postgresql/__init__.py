"""Django's PostgreSQL backend, with the wall sent together with BEGIN."""
