"""Emergency access: begun, shown on every page, ended, reviewed."""
