"""What the scripts share: waiting with a deadline, and checks that say both values."""

import sys
import time


def eventually(what, found, seconds=30):
    """Looks until found() is true and returns its value; what is what did not come."""
    deadline = time.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        if time.monotonic() >= deadline:
            sys.exit(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def same(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: got {got!r}, wanted {wanted!r}")
