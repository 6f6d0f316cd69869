"""`teeth-unet segment` and `teeth-unet review`: without a Kedro project.

The work is done by the rooms that the pipeline `inference` uses, and by `review`. Here the command
line is read, a person is shown how far it is, and errors are worded for people who have no project.
"""

from teeth_unet.command.options import segment
from teeth_unet.command.review_options import review

__all__ = ["review", "segment"]
