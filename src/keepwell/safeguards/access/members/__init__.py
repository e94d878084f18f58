"""Members come and go: let in, given another role, ended, let back in."""
