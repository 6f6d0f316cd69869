"""What nodes save: whole or not at all."""
