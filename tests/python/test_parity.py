"""Controlled steps and evaluation of every stack against the float64 reference: plumbline-parity-check judges."""

import numpy as np
import pytest
from controlled_case import NETWORKS, ControlledCase, judge


def run_case(trial, folder, name, broken=False):
    """One controlled step and an evaluation, written down as a case. `broken` spoils what the stack answered."""
    case = ControlledCase(name)
    settings = case.prepare(trial)
    outputs, loss, after = trial.predict(), trial.step(case.indices, case.masks), trial.state()
    if broken:
        kernel = next(parameter for parameter in after if parameter.endswith("kernel"))
        after[kernel] = case.state[kernel] + (after[kernel] - case.state[kernel]) * np.float32(1.001)
    return case.written(folder, settings, loss, after, outputs)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_step_and_an_evaluation_differ_from_the_reference_by_rounding_only(trial, tmp_path, name):
    status, judgements = judge(tmp_path, run_case(trial, tmp_path, name))
    assert status == 0, judgements


def test_an_update_one_in_a_thousand_too_long_is_seen(trial, tmp_path):
    status, judgements = judge(tmp_path, run_case(trial, tmp_path, "flattening", broken=True))
    assert status == 1, judgements
    assert "fail" in judgements
