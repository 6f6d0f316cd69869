"""How the log and reports write numbers and times."""


def duration(seconds: float) -> str:
    """Return a time in minutes and seconds, or in hours and minutes.

    Example:
        >>> duration(754)
        '12 min 34 s'
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"
