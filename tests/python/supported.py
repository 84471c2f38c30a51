"""What to do with `unsupported`, a normal answer."""

import pytest
from driver import WorkerError


def supported(function, *arguments, **members):
    """The function's value; the test ends as skipped where the stack says `unsupported` in a sentence."""
    try:
        return function(*arguments, **members)
    except WorkerError as error:
        if error.status != "unsupported":
            raise
        assert error.reason.endswith(".") and " " in error.reason
        return pytest.skip(error.reason)
