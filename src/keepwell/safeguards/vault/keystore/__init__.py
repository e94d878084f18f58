"""The tables of wrapped keys, in a store of their own."""
