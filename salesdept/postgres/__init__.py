"""Django's PostgreSQL backend, with the embedded server when no DATABASE_URL is set."""
