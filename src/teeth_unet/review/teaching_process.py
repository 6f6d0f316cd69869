"""A training in a process of its own, which ends with the server that has begun it.

python -m teeth_unet.review.teaching_process MODULE ARGUMENTS is python -m MODULE ARGUMENTS, until
its standard input is closed: that happens even where the server is killed. Then the training stops
as if it had been killed itself, and goes on after its last whole epoch the next time.
"""

import os
import runpy
import sys
import threading


def _end_with_the_server() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__")
