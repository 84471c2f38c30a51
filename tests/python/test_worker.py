"""The request loop, around an adapter that learns one number: real in all but the framework."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from driver import Worker, WorkerError
from plumbline_worker import one_hot, scaled_images
from plumbline_worker.tensors import read_tensors, write_tensors

FOLDER = Path(__file__).resolve().parent
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(FOLDER.parents[1] / "stacks" / "python")}


@pytest.fixture
def worker():
    with Worker([sys.executable, str(FOLDER / "one_weight_worker.py")], ENVIRONMENT, timeout_seconds=30) as worker:
        yield worker


@pytest.fixture
def built(worker, tmp_path):
    data = {"images": np.full((4, 1), 255, np.uint8), "labels": np.arange(4)}
    write_tensors(str(tmp_path / "data"), data)
    worker.request("describe")
    scaling = {"factor": 1 / 255, "mean": 0.0, "stddev": 1.0}
    counts = worker.request(
        "load_data", train=str(tmp_path / "data"), test=str(tmp_path / "data"), classes=4, input_scaling=scaling
    )
    assert counts == {"train_images": 4, "test_images": 4}
    worker.request("build", network={}, recipe={}, seed=1, device="cpu", mode="as-shipped")
    return worker


def test_describe_makes_the_adapter_and_adds_the_version_of_python(worker):
    described = worker.request("describe")
    assert described["versions"]["python"] == ".".join(str(number) for number in sys.version_info[:3])


def test_a_trial_goes_through(built, tmp_path):
    result = built.request("train", steps=3, report_seconds=0)
    assert result["steps"] == 3 and len(built.progress) == 3
    built.request("predict", path=str(tmp_path / "outputs"))
    assert read_tensors(str(tmp_path / "outputs"))["outputs"].dtype == np.float32
    assert built.close() == 0


def test_a_step_gets_its_indices_and_masks_by_layer(built, tmp_path):
    tensors = {"indices": np.array([3, 1]), "mask/drop": np.array([[1], [0]], np.uint8)}
    write_tensors(str(tmp_path / "step"), tensors)
    assert built.request("step", path=str(tmp_path / "step"))["loss"] == 3 + 1 + 1


@pytest.mark.parametrize(
    "state, reason",
    [
        ({}, "ValueError: The state lacks the parameter one/kernel."),
        ({"one/kernel": np.zeros(1, np.float32), "two": np.zeros(1)}, "ValueError: The network has no parameter two."),
        (
            {"one/kernel": np.zeros(2, np.float32)},
            "ValueError: The parameter one/kernel came as float32 (2,); the network's is float32 (1,).",
        ),
        (
            {"one/kernel": np.zeros(1)},
            "ValueError: The parameter one/kernel came as float64 (1,); the network's is float32 (1,).",
        ),
    ],
)
def test_a_state_that_does_not_fit_is_refused(built, tmp_path, state, reason):
    write_tensors(str(tmp_path / "state"), state)
    with pytest.raises(WorkerError) as caught:
        built.request("set_state", path=str(tmp_path / "state"))
    assert (caught.value.status, caught.value.reason) == ("error", reason)


def test_unsupported_is_an_answer_and_the_worker_lives_on(built):
    with pytest.raises(WorkerError) as caught:
        built.request("build", network={}, recipe={}, seed=1, device="cuda", mode="as-shipped")
    assert (caught.value.status, caught.value.reason) == ("unsupported", "This adapter has no cuda.")
    assert built.close() == 0


def test_an_adapter_that_knows_nothing_of_observing_is_unsupported_in_observed_form(built):
    with pytest.raises(WorkerError) as caught:
        built.request("build", network={}, recipe={}, seed=1, device="cpu", mode="controlled", form="observed")
    assert (caught.value.status, caught.value.reason) == (
        "unsupported",
        "This adapter has no observed form: it defines no `observer`.",
    )


@pytest.mark.parametrize(
    "mode, form, reason",
    [
        ("as-shipped", "observed", "ValueError: An observed build must be in controlled mode."),
        ("controlled", "seen", "ValueError: The form of a build is 'plain' or 'observed', not 'seen'."),
    ],
)
def test_a_form_that_does_not_fit_is_refused(built, mode, form, reason):
    with pytest.raises(WorkerError) as caught:
        built.request("build", network={}, recipe={}, seed=1, device="cpu", mode=mode, form=form)
    assert (caught.value.status, caught.value.reason) == ("error", reason)


@pytest.mark.parametrize("name, members", [("step", {"path": "step"}), ("predict", {"images": 2})])
def test_a_record_of_a_plain_build_is_refused(built, tmp_path, name, members):
    write_tensors(str(tmp_path / "step"), {"indices": np.array([3, 1]), "mask/drop": np.array([[1], [0]], np.uint8)})
    members = {**members, **({"path": str(tmp_path / "step")} if "path" in members else {})}
    with pytest.raises(WorkerError) as caught:
        built.request(name, record=str(tmp_path / "record"), **members)
    assert (caught.value.status, caught.value.reason) == (
        "error",
        "ValueError: 'record' needs a build in observed form.",
    )


@pytest.mark.parametrize("name", ["nothing", "__init__", "_adapter"])
def test_an_unknown_request_is_an_error(worker, name):
    with pytest.raises(WorkerError, match=f"The protocol has no request named {name}"):
        worker.request(name)
    assert worker.close() == 0


def test_the_worker_ends_with_the_channel(worker):
    worker.request("describe")
    os.close(worker._request_fd)
    assert worker.process.wait(timeout=30) == 0
    worker._request_fd = os.open(os.devnull, os.O_RDONLY)


def test_scaling_is_that_of_the_protocol_in_float32():
    scaled = scaled_images(np.array([0, 51, 255], np.uint8), {"factor": 1 / 255, "mean": 0.5, "stddev": 0.25})
    assert scaled.dtype == np.float32
    factor = np.float32(1 / 255)
    expected = [(np.float32(pixel) * factor - np.float32(0.5)) / np.float32(0.25) for pixel in (0, 51, 255)]
    assert scaled.tolist() == expected


def test_scaling_leaves_the_given_images_as_they_are():
    images = np.ones(3, np.float32)
    scaled_images(images, {"factor": 2.0, "mean": 0.0, "stddev": 1.0})
    assert images.tolist() == [1, 1, 1]


def test_one_hot():
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
