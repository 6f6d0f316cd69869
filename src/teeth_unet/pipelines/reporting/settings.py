"""What is told of the data in reports and beside models."""

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
