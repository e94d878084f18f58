"""An app for tests alone: one model with every kind of sealed field."""
