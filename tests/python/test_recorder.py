"""The recorder in loops of the real frameworks: the programs in recorded_loops, each run with it and without."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from optimizer_formulas import expected_slots, possible_steps
from plumbline_worker.tensors import read_tensors
from stacks_under_test import PROJECT, THREADS, command_of, stacks_under_test
from trial import cross_entropy

LOOPS = Path(__file__).resolve().parent / "recorded_loops"
# The program, its variants, and the stack in whose environment it runs.
PROGRAMS = [
    ("torch_loop", "", "pytorch"),
    ("torch_loop", "sgd", "pytorch"),
    ("torch_loop", "compiled", "pytorch-compile"),
    ("tensorflow_loop", "", "tensorflow"),
    ("tensorflow_loop", "sgd", "tensorflow"),
    ("tensorflow_loop", "xla", "tensorflow"),
    ("keras_loop", "", "keras-tensorflow"),
    ("keras_loop", "sgd", "keras-jax"),
    ("keras_loop", "functional", "keras-jax"),
    ("keras_loop", "", "keras-torch"),
    ("keras_loop", "fit", "keras-tensorflow"),
    ("keras_loop", "fit", "keras-jax"),
    ("jax_loop", "", "jax"),
    ("jax_loop", "linen", "jax"),
    ("jax_loop", "plain", "jax"),
]
# Those that show nothing of what happens within a step.
AT_THE_ENDS = ("compiled", "xla", "fit")


def run(program, variant, stack, *arguments):
    told = stacks_under_test().get(stack)
    if told is None:
        pytest.skip(f"The stack {stack} is not ready, or not under test.")
    command, environment = command_of(stack, told)
    environment["PYTHONPATH"] = os.pathsep.join([str(PROJECT / "stacks" / "python"), str(LOOPS)])
    environment["NPROC"] = THREADS
    subprocess.run(
        [command[0], str(LOOPS / f"{program}.py"), "--variant", variant, *arguments], env=environment, check=True
    )


class Recorded:
    """A program that was run twice, and what was recorded."""

    def __init__(self, folder, program, variant, stack):
        self.program, self.variant = program, variant
        run(program, variant, stack, str(folder / "unrecorded.npz"))
        run(program, variant, stack, str(folder / "recorded.npz"), "--record", str(folder / "recording"))
        self.unrecorded, self.recorded = np.load(folder / "unrecorded.npz"), np.load(folder / "recorded.npz")
        self.index = json.loads((folder / "recording" / "recording.json").read_text())
        self.steps = [read_tensors(str(folder / "recording" / step["file"])) for step in self.index["steps"]]

    def last(self):
        """Names of the last layer's output, and of its input's, weights and biases; the weights as (in, out)."""
        if self.program == "torch_loop":
            return "8", "7", "8.weight", "8.bias"
        kernels = [name for name in of_kind(self.steps[0], "before") if name.endswith(("out/kernel", "out/w"))]
        bias = kernels[0].replace("kernel", "bias").replace("/w", "/b")
        return "out", "hidden" if self.variant == "plain" else "drop", kernels[0], bias

    def last_layer(self, step):
        """(input, weights as (in, out), biases, output) of the last layer in float64"""
        output, source, kernel, bias = self.last()
        tensors = [step[f"out/{source}"], step[f"before/{kernel}"], step[f"before/{bias}"], step[f"out/{output}"]]
        x, w, b, y = (tensor.astype(np.float64) for tensor in tensors)
        if self.index["tensors"][f"before/{kernel}"]["layout"] == "OI":
            w = w.T
        return np.tanh(x) if self.variant == "plain" else x, w, b, y


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda given: "-".join(filter(None, given)))
def recorded(request, tmp_path_factory):
    return Recorded(tmp_path_factory.mktemp("recorded"), *request.param)


def of_kind(tensors, kind):
    return {name[len(kind) + 1 :]: tensor for name, tensor in tensors.items() if name.startswith(kind + "/")}


@pytest.fixture
def within(recorded):
    """A recording that has what happens within a step."""
    if recorded.variant in AT_THE_ENDS:
        pytest.skip("This program's steps are compiled as a whole.")
    return recorded


def test_a_recorded_loop_ends_with_the_same_weights_to_the_bit(recorded):
    assert recorded.unrecorded.files == recorded.recorded.files
    for name in recorded.unrecorded.files:
        assert recorded.unrecorded[name].tobytes() == recorded.recorded[name].tobytes(), name


def test_the_index_tells_what_is_there(recorded):
    index = recorded.index
    assert index["recording"] == 1 and index["problems"] == []
    assert index["written_by"].startswith("plumbline_recorder ")
    assert index["framework"] and index["versions"] and index["observation"]["method"]
    assert [step["step"] for step in index["steps"]] == [1, 2, 3]
    assert set(index["tensors"]) == {name for tensors in recorded.steps for name in tensors}
    for step, tensors in zip(index["steps"], recorded.steps):
        assert np.float32(step["loss"]) == tensors["loss"]
    if recorded.variant not in AT_THE_ENDS:
        assert index["observation"]["fused"] == [] and len(index["operations"]) >= 2
    else:
        assert index["observation"]["fused"]


def test_layouts_are_the_frameworks_own(recorded):
    tensors = recorded.index["tensors"]
    first = recorded.program == "torch_loop"
    for name, told in tensors.items():
        kind, rank = name.split("/")[0], recorded.steps[0][name].ndim if name in recorded.steps[0] else None
        if rank == 4 and kind in ("before", "after", "grad", "slot", "slot_before"):
            assert told["layout"] == ("OIHW" if first else "HWIO"), name
        if rank == 4 and kind in ("out", "grad_out", "batch", "input"):
            assert told["layout"] == ("NCHW" if first else "NHWC"), name
        if rank == 2 and kind in ("before", "after", "grad", "slot", "slot_before"):
            assert told["layout"] == ("OI" if first else "IO"), name


def test_a_flattened_image_says_how_its_features_are_ordered(recorded):
    if recorded.program == "torch_loop" and recorded.variant != "compiled":
        assert recorded.index["tensors"]["out/4"]["layout"] == "N(CHW) 4 4 4"


def test_each_step_begins_where_the_one_before_ended(recorded):
    for earlier, later in zip(recorded.steps, recorded.steps[1:]):
        assert later["step"] == earlier["step"] + 1
        for ended, begins in (("after", "before"), ("slot", "slot_before")):
            end, begin = of_kind(earlier, ended), of_kind(later, begins)
            assert set(end) == set(begin)
            assert all((end[name] == begin[name]).all() for name in end)


def test_the_last_layer_can_be_computed_from_what_was_recorded(within):
    for step in within.steps:
        x, w, b, y = within.last_layer(step)
        np.testing.assert_allclose(x @ w + b, y, rtol=1e-4, atol=1e-5)


def test_the_loss_is_that_of_the_recorded_outputs_and_labels(within):
    for step in within.steps:
        y, labels = within.last_layer(step)[3], step["batch/1" if within.program == "keras_loop" else "batch/labels"]
        loss = cross_entropy(y, labels)
        if within.program == "keras_loop":
            hidden = next(value for name, value in step.items() if name.endswith("before/sequential/hidden/kernel"))
            loss += 0.01 * np.sum(np.square(hidden, dtype=np.float64))
        assert step["loss"] == pytest.approx(loss, rel=1e-5)


def test_gradients_of_weights_are_made_of_those_of_outputs(within):
    """In torch_loop they are given to the optimizer clipped, all by one factor."""
    output, _, kernel, bias = within.last()
    for step in within.steps:
        x = within.last_layer(step)[0]
        gradient = step[f"grad_out/{output}"].astype(np.float64)
        expected = x.T @ gradient
        expected = expected.T if within.program == "torch_loop" else expected
        factor = np.sum(step[f"grad/{kernel}"] * expected) / np.sum(expected**2)
        assert 0 < factor < 0.99 if within.program == "torch_loop" else factor == pytest.approx(1, rel=1e-5)
        np.testing.assert_allclose(step[f"grad/{kernel}"], factor * expected, rtol=1e-4, atol=1e-7)
        np.testing.assert_allclose(step[f"grad/{bias}"], factor * gradient.sum(axis=0), rtol=1e-4, atol=1e-7)


ADAM = {"beta_1": 0.9, "beta_2": 0.999, "learning_rate": 0.01}
SGD = {"momentum": 0.9, "nesterov": False, "learning_rate": 0.1}


def test_gradients_and_slots_give_the_update(within):
    name = "sgd" if within.variant in ("sgd", "linen", "plain") else "adam"
    numbers = {"sgd": SGD, "adam": {**ADAM, "epsilon": 1e-7 if "keras" in within.index["versions"] else 1e-8}}[name]
    for step in within.steps:
        for parameter, gradient in of_kind(step, "grad").items():
            g = gradient.astype(np.float64)
            before, after = (
                {word.replace("trace", "velocity"): step.get(f"{kind}/{parameter}/{word}") for word in words_of(step)}
                for kind in ("slot_before", "slot")
            )
            before = {word: np.zeros_like(g) if value is None else value for word, value in before.items()}
            for word, expected in expected_slots(name, numbers, g, before).items():
                np.testing.assert_allclose(after[word], expected, rtol=1e-4, atol=1e-8, err_msg=parameter)
            moved = step[f"before/{parameter}"].astype(np.float64) - step[f"after/{parameter}"]
            steps = possible_steps(name, numbers, int(step["step"]), g, before, after)
            rate = numbers["learning_rate"]
            assert any(np.allclose(moved, rate * d, rtol=1e-3, atol=2e-7) for d in steps.values()), parameter


def words_of(step):
    return {name.split("/")[-1] for name in of_kind(step, "slot")}


def test_what_the_recorder_computes_on_its_own_is_the_programs_step(within):
    """Keras's train_on_batch and JAX's jitted steps show nothing, so there the recorder computes the step itself."""
    for step in within.index["steps"]:
        assert step.get("apart", 0) < 1e-3 and step.get("loss_apart", 0) < 1e-5
    notes = {"keras_loop": "apart", "jax_loop": "loss_apart"}
    assert all(notes.get(within.program, "step") in step for step in within.index["steps"])


def test_a_recorder_that_cannot_do_its_work_says_so_and_leaves_the_training_alone(tmp_path):
    recorded = Recorded(tmp_path, "torch_loop", "broken", "pytorch")
    assert all((recorded.unrecorded[name] == recorded.recorded[name]).all() for name in recorded.unrecorded.files)
    (problem,) = recorded.index["problems"]
    assert problem.startswith("The recorder could not look at the model, and stopped recording: TypeError")
    assert recorded.steps == []
