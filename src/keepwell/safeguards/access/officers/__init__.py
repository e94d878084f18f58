"""The security officer and the privacy officer of an organisation."""
