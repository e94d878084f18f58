"""Consent and notice: what people are shown and what they accepted, by version, language, time."""
