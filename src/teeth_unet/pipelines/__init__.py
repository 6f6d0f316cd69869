"""The pipelines: nodes over catalog entries."""
