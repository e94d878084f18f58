"""The page "what we hold": every sealed field and every store, as the code declares them."""
