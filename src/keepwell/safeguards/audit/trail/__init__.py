"""The tables of the trail, in a store of their own."""
