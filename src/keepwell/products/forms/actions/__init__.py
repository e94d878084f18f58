"""Acts on forms: authors publish, patients answer, links open and close, old drafts go."""
