"""Terms and rules of use: the texts, what an organisation adds, who accepted what."""
