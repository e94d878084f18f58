"""'This field is ePHI', said once: sealed fields and disclosure scopes."""
