"""Keys, sealing, blind index, sealed blobs, shredding: the only place with ciphers."""
