"""The folder of a recording, and the package that writes it, without any framework."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from plumbline_recorder import Recorder, watch
from plumbline_recorder.recording import Recording
from plumbline_worker.tensors import read_tensors
from stacks_under_test import PROJECT


def read_index(folder):
    return json.loads((folder / "recording.json").read_text())


def test_after_each_step_the_folder_is_whole(tmp_path):
    recording = Recording(tmp_path, "a test")
    for number in (1, 2):
        tensors = {"out/a": np.full((2, 3), number, np.float32), "labels": np.arange(2)}
        recording.add_step(number, tensors, {"out/a": "NC"}, loss=0.5 * number)
        index = read_index(tmp_path)
        assert [step["step"] for step in index["steps"]] == list(range(1, number + 1))
        assert index["steps"][-1] == {"step": number, "file": f"step_{number:06d}.safetensors", "loss": 0.5 * number}
        assert index["tensors"] == {"out/a": {"layout": "NC"}, "labels": {"layout": None}}
        assert (read_tensors(str(tmp_path / index["steps"][-1]["file"]))["out/a"] == number).all()
    assert sorted(os.listdir(tmp_path)) == ["recording.json", "step_000001.safetensors", "step_000002.safetensors"]


def test_numbers_that_json_has_not_are_words(tmp_path):
    Recording(tmp_path, "a test").add_step(1, {}, {}, loss=float("nan"))
    assert read_index(tmp_path)["steps"][0]["loss"] == "nan"


@pytest.mark.parametrize("dtype, written", [("float16", "float32"), ("int8", "int64"), ("uint16", "int64")])
def test_a_dtype_that_the_format_has_not_is_widened_and_told(tmp_path, dtype, written):
    Recording(tmp_path, "a test").add_step(1, {"out/a": np.array([1, 2], dtype)}, {})
    tensor = read_tensors(str(tmp_path / "step_000001.safetensors"))["out/a"]
    assert tensor.dtype == written and tensor.tolist() == [1, 2]
    assert read_index(tmp_path)["tensors"]["out/a"]["dtype"] == dtype


def test_a_recording_is_not_written_over_unless_that_is_said(tmp_path):
    Recording(tmp_path, "first").add_step(7, {}, {})
    with pytest.raises(FileExistsError, match="holds a recording already"):
        Recording(tmp_path, "second")
    assert read_index(tmp_path)["written_by"] == "first"
    Recording(tmp_path, "second", overwrite=True).write_index()
    assert read_index(tmp_path)["steps"] == [] and os.listdir(tmp_path) == ["recording.json"]


def test_watch_gives_back_what_it_is_given():
    tensor = object()
    assert watch("name", tensor) is tensor


def test_a_model_of_no_framework_is_told_in_a_warning_and_in_the_index(tmp_path):
    with pytest.warns(UserWarning, match="cannot tell which framework this is"):
        recorder = Recorder(tmp_path, model=object())
    with recorder.step() as step:
        assert step.loss(3.0) == 3.0 and step.add("x", 4) == 4
    assert "cannot tell which framework" in read_index(tmp_path)["problems"][0]
    assert read_index(tmp_path)["steps"] == []


def test_what_is_wrong_is_raised_where_that_is_wanted(tmp_path):
    with pytest.raises(ValueError, match="it must be one of 'torch', 'tensorflow', 'keras', 'jax'"):
        Recorder(tmp_path, framework="caffe", strict=True)


def test_the_package_installs_with_pip_and_imports_no_framework(tmp_path):
    """From a copy: building leaves files behind."""
    source, target = tmp_path / "source", tmp_path / "target"
    shutil.copytree(PROJECT / "stacks" / "python", source, ignore=shutil.ignore_patterns("__pycache__"))
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--disable-pip-version-check"]
    subprocess.run([*install, "--target", str(target), str(source)], check=True)
    program = "import sys, plumbline_recorder as r; print(r.__file__); print(sorted(sys.modules))"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(target)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=True, stdout=subprocess.PIPE)
    path, modules = done.stdout.decode().splitlines()
    assert path.startswith(str(target))
    assert not {"torch", "tensorflow", "keras", "jax", "flax"} & {name.split(".")[0] for name in eval(modules)}
