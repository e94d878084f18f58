"""Real stores for tests: three SQLite files, or three PostgreSQL databases behind two roles."""
