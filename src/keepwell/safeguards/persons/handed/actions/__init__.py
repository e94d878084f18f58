"""What is done with a handed report: by a colleague who gives it, by the person who answers."""
