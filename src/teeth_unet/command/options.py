"""What can be given to the command. Nothing here takes long to import: help comes at once."""

from pathlib import Path
from typing import Any

import click

from teeth_unet.command.showing import shown_log
from teeth_unet.command.wording import STOPPED, in_words
from teeth_unet.storage import expand_home

RESULTS = "teeth-unet-results"
"""Folder of the results, in the one that the command is given in."""

BY_CTRL_C = 130
"""Exit code of a command that its user has stopped, as shells and workflow tools know it."""

EXAMPLES = """
\b
Examples:
  teeth-unet segment xray.png
  teeth-unet segment xrays/ archive.zip scan.dcm --results found
  teeth-unet segment xrays/ --formats coco+labelme
  teeth-unet segment scan.dcm --window 2000,4000

\b
In the folder of results:
  cases.csv   a row an X-ray: count of teeth, missing ones, warnings, why a
              person should look at the numbers, which mask to correct first,
              why one has failed
  teeth.csv   a row a tooth: number, kind, how sure both are, place, measures
  charts.csv  a row an X-ray: what is at the 32 places of the mouth
  masks/      tooth is white; as large as the X-ray
  labels/     each pixel has the FDI number of its tooth
  overlays/   the X-ray with its teeth drawn in, and their numbers
  odontograms/  the same chart as a picture
  ABOUT.txt   what the other files are

A command that was stopped goes on when it is given again, and nothing is done twice. X-rays that
cannot be used are left out, and told of at the end; the exit code is 1 then. It is 2 if the command
itself is wrong. X-rays are only read: nothing is written beside them, and nothing is sent anywhere.

Is the command not found? python -m teeth_unet segment does the same.
"""


def path_option(_: click.Context, __: click.Parameter, given: str | None) -> Path | None:
    """Return a path, with "~" as the user's home folder.

    Raises:
        click.BadParameter: It is empty, as where a script's variable is not set, or an address.
    """
    if given == "":
        raise click.BadParameter("the path is empty.")
    if given is not None and "://" in given:  # which may have a login in it
        raise click.BadParameter(
            "expected a path of this machine, found an address. In a project, kedro run --pipeline "
            "inference takes those of object storage: s3://…"
        )
    return None if given is None else expand_home(given)


def paths_option(
    context: click.Context, argument: click.Parameter, given: tuple[str, ...]
) -> list[Path | None]:
    """Return paths, each as `path_option` does."""
    return [path_option(context, argument, each) for each in given]


def _numbers(_: click.Context, __: click.Parameter, given: str) -> str | list[float]:
    """Return "2000,4000" as two numbers; a word stays as it is."""
    try:
        return [float(number) for number in given.strip("[]").split(",")]
    except ValueError:
        return given


network_option = click.option(
    "--segmenter",
    callback=path_option,
    metavar="FILE",
    help="Another network: the segmenter.zip of a training.  [default: that of the package]",
)


@click.command(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("xrays", nargs=-1, required=True, callback=paths_option, metavar="XRAY...")
@click.option(
    "--results",
    default=RESULTS,
    callback=path_option,
    metavar="FOLDER",
    show_default=True,
    help="Where results go: a new folder, an empty one, or that of earlier results.",
)
@network_option
@click.option(
    "--threshold",
    type=float,
    metavar="NUMBER",
    help="Probability, 0 to 1, from which on a pixel is tooth.  [default: the network's own]",
)
@click.option(
    "--overlay/--no-overlay", default=True, show_default=True, help="Draw the teeth on the X-ray."
)
@click.option(
    "--teeth/--no-teeth",
    default=True,
    show_default=True,
    help="Tell the teeth apart, count and measure them.",
)
@click.option(
    "--numbers/--no-numbers", default=True, show_default=True, help="Give the teeth their numbers."
)
@click.option(
    "--notation",
    default="fdi",
    type=click.Choice(["fdi", "universal", "palmer"]),
    show_default=True,
    help="How numbers are written; labels and the column fdi have those of FDI in any case.",
)
@click.option(
    "--mirrored",
    default="auto",
    type=click.Choice(["auto", "true", "false"]),
    show_default=True,
    help="Whether the X-rays lie mirrored, the patient's left on the left; auto: as files say.",
)
@click.option(
    "--measures",
    is_flag=True,
    help="Draw how each tooth was measured as well: rectangle, axes, length and width.",
)
@click.option(
    "--formats",
    default="",
    metavar="NAMES",
    help="Write the teeth for other programs: coco, labelme, yolo, dicom_seg, with + between them.",
)
@click.option(
    "--uncertainty",
    default="none",
    type=click.Choice(["none", "flips"]),
    show_default=True,
    help="Map where the network is unsure: where the mirror image gives something else.",
)
@click.option(
    "--window",
    default="file",
    callback=_numbers,
    metavar="WINDOW",
    show_default=True,
    help="Grey levels of DICOM files: file (the window in it), none, or CENTRE,WIDTH.",
)
@click.option(
    "--pixel-spacing",
    type=float,
    metavar="MM",
    help="Size of a pixel, to measure in mm as well.  [default: what DICOM files tell]",
)
@click.option(
    "--remove-others",
    is_flag=True,
    help="Remove earlier results of X-rays that are not given this time.",
)
@click.pass_context
def segment(
    context: click.Context,
    /,
    xrays: list[Path],
    results: Path,
    segmenter: Path | None,
    **settings: Any,  # noqa: ANN401 (each option has its own type)
) -> None:
    """Find the teeth in panoramic X-rays.

    XRAY is a picture, a DICOM file, a folder with all its subfolders, or a zip archive. No project
    and no training is needed. This is a research tool, not a medical device.
    """
    with shown_log():
        try:
            from teeth_unet.command.running import checked_settings, segment_files

            segment_files(xrays, results, segmenter, checked_settings(settings))
        except KeyboardInterrupt:
            click.echo(STOPPED, err=True)
            context.exit(BY_CTRL_C)
        except click.ClickException:  # worded already
            raise
        except Exception as failure:
            message = in_words(failure)
            if message is None:
                raise
            raise click.ClickException(message) from failure
