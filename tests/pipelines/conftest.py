"""Fixtures of several modules; a module's own of the same name goes before."""

from small_science import inputs, made, models  # noqa: F401
