"""Errors, and what the rooms log, in words for people without a project."""

from teeth_unet.errors import InputError
from teeth_unet.storage import remedy_of_machine

STOPPED = (
    "Stopped. Nothing is half-written: the same command goes on with the X-rays that are not "
    "segmented yet."
)

WORDS = {
    "kedro run --pipeline inference --params xrays=PATH": "teeth-unet segment PATH",
    "is made again from the fitted network, if that is still there: kedro run --pipeline "
    "data_science --from-nodes make_segmenter": "has to be made again where it was trained",
    "Make it again: kedro run --pipeline data_science": "Give another one: --segmenter FILE",
    "Run the pipeline again from its beginning.": "Give the same command again.",
    "--params results=FOLDER": "--results FOLDER",
    "--params segmenter=PATH": "--segmenter FILE",
    "inference.formats: ": "--formats: ",
    "--pixel_spacing": "--pixel-spacing",
    "new_xrays: ": "XRAY: ",
    'pip install -e ".[dicom]"': (
        "pip install highdicom pydicom pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg"
    ),
}
"""What the rooms say to users of `kedro run`, and what it is here.

They word their remedies for a project, which nearly all of their users have.
"""


def of_this_command(text: str) -> str:
    """Return a message in which all that can be given is called as this command calls it."""
    for there, here in WORDS.items():
        text = text.replace(there, here)
    return text


def in_words(failure: Exception) -> str | None:
    """Return what to tell the user about an error, or None where it is a fault of the program."""
    # Explicit causes alone: what was being handled while a fault of the program came up is nothing
    # that the user can mend.
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, InputError):
            return of_this_command(str(cause))
        if remedy := remedy_of_machine(cause):
            told = str(cause) or "no memory"
            return f"{told}\n{remedy}, and give the same command again: nothing is done twice."
        cause = cause.__cause__
    return None
