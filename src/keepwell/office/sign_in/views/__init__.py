"""Views of sign-in, by what a person is doing."""
