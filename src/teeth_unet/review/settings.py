"""Where the page is, and who corrects."""

from typing import Annotated

from pydantic import Field

from teeth_unet.configuration import Settings


class Review(Settings):
    """Where the page of `teeth-unet review` is, and who corrects.

    Attributes:
        host: Address that the server listens at. With any other than 127.0.0.1, all who can reach
            this machine and know the token see the X-rays.
        port: Its port.
        token: What has to be known then; empty for one made at random.
        person: Who corrects, as the history of each case names them.
        browser: Whether to open the page.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8620
    token: str = ""
    person: str = ""
    browser: bool = True
