"""`teeth-unet` and `python -m teeth_unet`: segment, correct, and pipelines without `kedro`."""

import logging
from pathlib import Path

import click

from teeth_unet import __version__, native_messages
from teeth_unet.command import review, segment

_RUN = "run"
_OWN = {"-h", "--help", "--version"}


class _Program(click.Group):
    """Takes options without a command for those of `run`, which the program was before."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments."""
        if not args or (args[0].startswith("-") and args[0] not in _OWN):
            args = [_RUN, *args]
        elif args[0] not in self.commands and Path(args[0]).exists():
            ctx.fail(f"{args[0]!r} is no command. To segment it: {ctx.command_path} segment …")
        return super().parse_args(ctx, args)


@click.group(cls=_Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def program() -> None:
    """Find the teeth in panoramic dental X-rays."""


@program.command(
    _RUN,
    add_help_option=False,  # Kedro's own tells of its options
    context_settings={"ignore_unknown_options": True},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def run_pipeline(context: click.Context, arguments: tuple[str, ...]) -> None:
    """Run a pipeline of a project, as kedro run does, with the same options."""
    # Outside of a project Kedro tells which logging of its own it begins with. It is not kept:
    # see teeth_unet.run_log.
    logging.disable(logging.INFO)
    from kedro.framework.project import configure_project

    from teeth_unet.cli import run

    logging.disable(logging.NOTSET)
    configure_project(Path(__file__).parent.name)
    with run.make_context(_RUN, list(arguments), parent=context.parent) as own:
        run.invoke(own)


program.add_command(segment)
program.add_command(review)


def main() -> None:
    """Run the program."""
    native_messages.open_closed_streams()
    native_messages.show_any_letter()
    program()


if __name__ == "__main__":
    main()
