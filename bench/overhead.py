"""What Plumbline costs: the same training through Plumbline and as the stack's plain script, interleaved.

Prints for each stack the ratio of the training phases (adapter / script) and the wall time that a trial takes beyond
that of the script. The order alternates from round to round (ABBA); the ratio is the Hodges-Lehmann estimate over the
log-ratios of the rounds.
"""

import argparse
import json
import math
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from shared.estimates import hodges_lehmann
from shared.fashion_mnist import read_half
from shared.machine import PROGRAM, ready_stacks, variables_of

STUDY = """question = "What does Plumbline cost?"
data = ["fashion-mnist"]
seeds = [{seed}]
stacks = ["{stack}"]
threads = {threads}

[network]
input  = [28, 28, 1]
layers = [
  {{ conv2d = 32, kernel = 5, padding = "same", activation = "relu" }},
  {{ max_pool = 2 }},
  {{ conv2d = 64, kernel = 5, padding = "same", activation = "relu" }},
  {{ max_pool = 2 }},
  {{ flatten = true }},
  {{ dense = 1024, activation = "relu" }},
  {{ dropout = 0.5 }},
  {{ dense = 10 }},
]

[recipe]
loss      = "softmax_cross_entropy"
optimizer = {{ adam = {{ learning_rate = 1e-3 }} }}
batch     = 50
steps     = {steps}
"""


class PlainData:
    """The data as the plain programs read it: one NPZ for those in Python, two safetensors files for those in C++."""

    def __init__(self, folder):
        self.npz = folder / "data.npz"
        self.halves = {half: folder / (half + ".safetensors") for half in ("train", "test")}
        arrays = {}
        for half in ("train", "test"):
            images, labels = read_half(half)
            arrays.update({half + "_images": images, half + "_labels": labels})
            save_file({"images": images, "labels": labels}, self.halves[half])
        np.savez(self.npz, **arrays)

    def options(self, program):
        if Path(program).name.startswith("python"):
            return ["--data", self.npz]
        return ["--train", self.halves["train"], "--test", self.halves["test"]]


class Bench:
    def __init__(self, folder, steps, threads):
        self.folder = Path(folder)
        self.steps = steps
        self.threads = threads
        self.data = PlainData(self.folder)
        self.stacks = ready_stacks()

    def through_plumbline(self, stack, seed):
        """(training seconds, wall seconds) of one trial."""
        study = self.folder / "overhead.toml"
        study.write_text(STUDY.format(stack=stack, seed=seed, steps=self.steps, threads=self.threads))
        results = self.folder / ("%s-%d.sqlite" % (stack, seed))
        finished = subprocess.run(
            [PROGRAM, "run", study, "--results", results, "--quiet"], capture_output=True, text=True
        )
        if finished.returncode != 0:
            sys.exit("plumbline run failed for %s:\n%s%s" % (stack, finished.stdout, finished.stderr))
        with sqlite3.connect(results) as database:
            return database.execute(
                "SELECT seconds, wall_seconds FROM trial JOIN phase ON trial_id = trial.id WHERE name = 'train'"
            ).fetchone()

    def plain(self, stack, seed):
        """The same of the plain script: its own measure of training after the first step, our clock for the whole."""
        described = self.stacks[stack]
        options = self.data.options(described["script"][0])
        options += ["--steps", self.steps, "--batch", 50, "--seed", seed, "--threads", self.threads]
        start = time.monotonic()
        finished = subprocess.run(
            [*described["script"], *map(str, options)],
            env=variables_of(described, self.threads),
            capture_output=True,
            text=True,
            cwd=self.folder,
        )
        wall = time.monotonic() - start
        if finished.returncode != 0:
            sys.exit("the plain script of %s failed:\n%s" % (stack, finished.stderr))
        return json.loads(finished.stdout.strip().splitlines()[-1])["train_seconds"], wall

    def measure(self, stack, rounds):
        log_ratios = []
        extras = []
        self.through_plumbline(stack, 1000)  # compiled-code and page caches are warm for both from here on
        self.plain(stack, 1000)
        for seed in range(rounds):
            if seed % 2 == 0:
                ours, script = self.through_plumbline(stack, seed), self.plain(stack, seed)
            else:
                script, ours = self.plain(stack, seed), self.through_plumbline(stack, seed)
            log_ratios.append(math.log(ours[0] / script[0]))
            extras.append(1000 * (ours[1] - script[1]))
        return {
            "stack": stack,
            "rounds": rounds,
            "steps": self.steps,
            "train_ratio": math.exp(hodges_lehmann(log_ratios)),
            "train_ratio_by_round": [math.exp(value) for value in log_ratios],
            "wall_extra_ms": hodges_lehmann(extras),
            "wall_extra_ms_by_round": extras,
        }


def main():
    parser = argparse.ArgumentParser(prog="bench/run overhead", description=__doc__)
    parser.add_argument(
        "--stacks", default="pytorch", help="as a,b; 'all' for every ready stack with a script [pytorch]"
    )
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder, options.steps, options.threads)
        names = options.stacks.split(",")
        if options.stacks == "all":
            names = [name for name, stack in bench.stacks.items() if stack["script"]]
        measured = [bench.measure(name, options.rounds) for name in names]
    worst = {key: max(stack[key] for stack in measured) for key in ("train_ratio", "wall_extra_ms")}
    if options.json:
        print(json.dumps({"bench": "overhead", **worst, "stacks": measured}, indent=2))
        return
    print("%-18s %12s %15s" % ("stack", "train ratio", "wall extra ms"))
    for stack in measured:
        print("%-18s %12.3f %15.0f" % (stack["stack"], stack["train_ratio"], stack["wall_extra_ms"]))


if __name__ == "__main__":
    main()
