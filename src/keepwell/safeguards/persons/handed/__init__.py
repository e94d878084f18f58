"""A report of who opened a person's data, handed to that person: a link, and an answer it asks for.

The link alone opens nothing. Whoever has it answers with the birth date on record, or with a code
that was told separately; wrong answers are counted and few.
"""
