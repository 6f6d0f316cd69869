"""What reports and model cards say about the data."""

from pydantic import Field

from teeth_unet.configuration import Settings


class Report(Settings):
    """What the report says of the data, which nothing else knows.

    Attributes:
        title: Heading of the page.
        data_note: Whose X-rays these are, in a sentence.
        synthetic: Whether they are drawn, so that no score says anything about patients.
    """

    title: str = "Teeth in panoramic X-rays"
    data_note: str = ""
    synthetic: bool = False


class Plots(Settings):
    """Which cases are drawn.

    Attributes:
        seed: Chooses the X-ray of the sample plot.
        cases: Number of predictions drawn: from the lowest Dice to the highest, evenly.
    """

    seed: int = Field(default=0, ge=0)
    cases: int = Field(default=12, ge=1)
