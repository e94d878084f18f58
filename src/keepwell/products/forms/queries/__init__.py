"""Reading forms, links, drafts and submissions: the only road to them."""
