"""That the other tests here see every stack."""

import pytest
from stacks_under_test import shipped_stacks


@pytest.mark.parametrize("name", shipped_stacks())
def test_stack_is_ready_to_be_tested(name):
    stack = shipped_stacks()[name]
    if stack["state"] == "cannot run":
        pytest.skip(stack["reason"])
    assert stack["state"] == "ready", stack["reason"]
    assert stack["command"]
    assert stack["description"]
