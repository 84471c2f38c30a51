"""Paths, and the stacks that the conformance and parity tests run."""

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER.parents[1] / "stacks" / "python"), str(FOLDER)]

from stacks_under_test import command_of, stacks_under_test  # noqa: E402 - it is found by the path above


@pytest.fixture(scope="session", params=list(stacks_under_test().items()), ids=lambda stack: stack[0])
def stack(request):
    """(name, what the program tells of it)"""
    return request.param


@pytest.fixture(scope="session")
def trial(stack, tmp_path_factory):
    """One worker for the tests of a stack: importing a framework takes longer than most of them."""
    from trial import Trial  # what else is here runs under Python 3.6

    trial = Trial(*command_of(*stack), tmp_path_factory.mktemp(stack[0]))
    with trial.worker:
        yield trial
