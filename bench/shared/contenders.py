"""Programs that train the paper's CNN and take turns: each waits until it is asked for some steps."""

import json
import subprocess
import sys
import time
from pathlib import Path

from safetensors.numpy import load_file, save_file

from shared.machine import PROJECT, variables_of

sys.path.insert(0, str(PROJECT / "tests" / "python"))
from driver import Worker  # noqa: E402 - the tests' client of docs/protocol.md

RIVALS = Path(__file__).resolve().parent.parent / "rivals"
SCALING = {"factor": 1 / 255, "mean": 0.0, "stddev": 1.0}


def conv2d(name, source, filters, shape):
    return {
        "name": name,
        "operation": "conv2d",
        "inputs": [source],
        "output_shape": shape,
        "filters": filters,
        "kernel": [5, 5],
        "stride": [1, 1],
        "padding": "same",
        "bias": True,
        "activation": {"name": "relu"},
    }


def max_pool(name, source, shape):
    members = {"size": [2, 2], "stride": [2, 2], "padding": "valid"}
    return {"name": name, "operation": "max_pool", "inputs": [source], "output_shape": shape, **members}


def dense(name, source, units, **members):
    return {
        "name": name,
        "operation": "dense",
        "inputs": [source],
        "output_shape": [units],
        "units": units,
        "bias": True,
        **members,
    }


# The paper's CNN, as docs/protocol.md writes networks.
NETWORK = {
    "input": [28, 28, 1],
    "layers": [
        conv2d("conv2d_1", "input", 32, [28, 28, 32]),
        max_pool("max_pool_1", "conv2d_1", [14, 14, 32]),
        conv2d("conv2d_2", "max_pool_1", 64, [14, 14, 64]),
        max_pool("max_pool_2", "conv2d_2", [7, 7, 64]),
        {"name": "flatten_1", "operation": "flatten", "inputs": ["max_pool_2"], "output_shape": [3136]},
        dense("dense_1", "flatten_1", 1024, activation={"name": "relu"}),
        {"name": "dropout_1", "operation": "dropout", "inputs": ["dense_1"], "output_shape": [1024], "rate": 0.5},
        dense("dense_2", "dropout_1", 10),
    ],
}


class WorkerContender:
    """A stack's own worker: steps are asked for by the protocol's `train`."""

    def __init__(self, stack, images, labels, batch, threads, folder, name, learning_rate=1e-4, command=None):
        self.name = name
        self._folder = folder
        file = str(folder / "train.safetensors")
        if not Path(file).exists():
            save_file({"images": images, "labels": labels}, file)
        self._worker = Worker(command or stack["command"], variables_of(stack, threads), timeout_seconds=600)
        self._worker.request("describe")
        self._worker.request("load_data", train=file, test=file, classes=10, input_scaling=SCALING)
        recipe = {
            "loss": "softmax_cross_entropy",
            "batch": batch,
            "steps": 1,
            "shuffle": True,
            "drop_last_batch": True,
            "optimizer": {"name": "adam", "learning_rate": learning_rate},
            "input_scaling": SCALING,
        }
        self._worker.request("build", network=NETWORK, recipe=recipe, seed=1, device="cpu", mode="as-shipped")

    def seconds_of(self, steps):
        started = time.monotonic()
        self._worker.request("train", steps=steps, report_seconds=3600)
        return time.monotonic() - started

    def state(self):
        path = self._folder / "state.safetensors"
        self._worker.request("get_state", path=str(path))
        return load_file(path)

    def set_state(self, state):
        path = self._folder / "state.safetensors"
        save_file(state, path)
        self._worker.request("set_state", path=str(path))

    def peak_resident_bytes(self):
        return peak_of(self._worker.process.pid)

    def close(self):
        self._worker.__exit__()


class ScriptContender:
    """One of bench/rivals in its stack's environment."""

    def __init__(self, stack, script, settings, data, batch, threads, name):
        self.name = name
        command = [stack["command"][0], RIVALS / script, "--data", data, "--batch", batch, "--threads", threads]
        self._process = subprocess.Popen(
            [*map(str, command), "--settings", json.dumps(settings)],
            env=variables_of(stack, threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def seconds_of(self, steps):
        started = time.monotonic()
        self._process.stdin.write(f"{steps}\n")
        self._process.stdin.flush()
        if not self._process.stdout.readline():
            raise RuntimeError(f"{self.name} ended with exit status {self._process.wait()}")
        return time.monotonic() - started

    def peak_resident_bytes(self):
        return peak_of(self._process.pid)

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()


def peak_of(pid):
    """The most that a living process held in memory, by the system's own count."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    return 0
