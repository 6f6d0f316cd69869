"""What nodes write into while they run."""
