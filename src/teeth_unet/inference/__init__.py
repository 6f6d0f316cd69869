"""New X-rays are segmented one by one, and their teeth counted and measured."""

from teeth_unet.inference.protocol import CaseResult, ResultStore

__all__ = ["CaseResult", "ResultStore"]
