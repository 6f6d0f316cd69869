"""Templates of pages and texts."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from teeth_unet.reporting import tables
from teeth_unet.scoring import LEAST_CASES, why_no_interval


def fill(template: str, context: Mapping[str, Any]) -> str:
    """Fill a template; in HTML whatever is text comes out escaped.

    Args:
        template: File name within `templates`.
        context: What the template uses, by name; it may use nothing else.
    """
    environment = Environment(
        loader=PackageLoader("teeth_unet.reporting"),
        autoescape=".html." in template,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=".html." not in template,
    )
    environment.filters |= {"digits": tables.digits, "percent": tables.percent}
    environment.globals |= {"why_no_interval": why_no_interval, "least_cases": LEAST_CASES}
    return environment.get_template(template).render(context)
