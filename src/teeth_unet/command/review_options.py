"""What can be given to `teeth-unet review`. Help comes at once: nothing long is imported."""

from pathlib import Path
from typing import Any

import click

from teeth_unet.command.options import network_option, path_option, paths_option
from teeth_unet.command.showing import shown_log
from teeth_unet.command.wording import in_words

CORRECTIONS = "teeth-unet-corrections"
"""Folder of corrections, in the one that the command is given in."""

EXAMPLES = """
\b
Examples:
  teeth-unet review                         and drop X-rays onto the page
  teeth-unet review xrays/ --corrections corrected
  teeth-unet review teeth-unet-results      what needs a look comes first

\b
In the folder of corrections:
  cases/    all that is known of a case: what the network said, what was changed, and when
  labels/   the number of the tooth of each pixel (FDI), for trainings
  masks/    tooth is white
  network/  what the network had proposed
  networks/ what the page's Teach has made of them, for teeth-unet segment --segmenter

A training of a project takes them as they are:
  kedro run --env folder --params xrays=XRAYS,masks=CORRECTIONS/labels
"""


@click.command(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("xrays", nargs=-1, callback=paths_option, metavar="[XRAY...]")
@click.option(
    "--corrections",
    default=CORRECTIONS,
    callback=path_option,
    metavar="FOLDER",
    show_default=True,
    help="Where corrections are kept.",
)
@network_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where the page can be reached. Another address lets other machines in, with a token.",
)
@click.option("--port", default=8620, show_default=True, metavar="NUMBER", help="Its port.")
@click.option("--token", default="", metavar="TEXT", help="The token.  [default: a random one]")
@click.option("--person", default="", metavar="NAME", help="Who corrects, for the history.")
@click.option("--browser/--no-browser", default=True, show_default=True, help="Open the page.")
def review(xrays: list[Path], corrections: Path, segmenter: Path | None, **settings: Any) -> None:  # noqa: ANN401
    """Look at teeth, correct them, and teach the network, on a page in the browser.

    XRAY is a picture, a DICOM file, a folder, a zip archive, or a folder of results. Everything
    comes from this machine and stays on it. This is a research tool, not a medical device.
    """
    with shown_log():
        try:
            from teeth_unet.command.reviewing import review_files

            review_files(xrays, corrections, segmenter, settings)
        except click.ClickException:  # worded already
            raise
        except Exception as failure:
            message = in_words(failure)
            if message is None:
                raise
            raise click.ClickException(message) from failure
