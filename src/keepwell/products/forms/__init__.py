"""Forms: publish a questionnaire, let patients answer, receive what they send."""
