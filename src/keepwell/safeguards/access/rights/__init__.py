"""What an account may do at this moment."""
