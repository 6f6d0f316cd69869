"""Single teeth."""
