"""`teeth-unet segment`: X-rays from file to result, without a Kedro project.

The work is done by the rooms that the pipeline `inference` uses. Here the command line is read, a
person is shown how far it is, and errors are worded for people who have no project.
"""

from teeth_unet.command.options import segment

__all__ = ["segment"]
