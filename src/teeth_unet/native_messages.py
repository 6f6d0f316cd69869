"""What C++ libraries say, past Python's own logging and warnings."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Hold back what is written to the error stream; show it only if the block fails."""
    sys.stderr.flush()
    error_stream = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            written.seek(0)
            os.write(error_stream, written.read())
            raise
        finally:
            os.dup2(error_stream, 2)
            os.close(error_stream)
