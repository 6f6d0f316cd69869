"""How the log and reports write numbers, times and names."""

from collections.abc import Sequence

LISTED = 5
"""So many names are listed before the rest is only counted."""


def duration(seconds: float) -> str:
    """Return a time in minutes and seconds, or in hours and minutes.

    Example:
        >>> duration(754)
        '12 min 34 s'
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"


def listed(names: Sequence[str]) -> str:
    """Return the first names of many, and how many more there are.

    Example:
        >>> listed(["1", "2"]), listed("abcdefgh")
        ('1, 2', 'a, b, c, d, e and 3 more')
    """
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
