"""Those the ePHI is about: one person, one timeline."""
