"""How fast the native engine trains the paper's CNN on Fashion-MNIST, against the frameworks on the same cores.

Every framework is first tried in several settings; the quickest goes on. Then all take turns in random order, a round
after the other: ratios are Hodges-Lehmann estimates over the rounds' log-ratios. FLOP are those of the dense products,
2 for a multiplication and an addition, whatever an implementation leaves out.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from shared.contenders import ScriptContender, WorkerContender
from shared.estimates import ratio
from shared.fashion_mnist import read_half
from shared.machine import PROJECT, ready_stacks

FLOP_AN_IMAGE = 82.05e6  # 27.77 million forward, and backward twice that less the first layer's input gradient
SECONDS_A_TURN = 1.0

# name: (stack whose environment it runs in, script, {what was tried: its settings})
RIVALS = {
    "pytorch": (
        "pytorch",
        "pytorch.py",
        {
            "NCHW, fused Adam": {},
            "NHWC, fused Adam": {"channels_last": True},
            "NCHW, foreach Adam": {"fused": False},
        },
    ),
    "pytorch-compile": (
        "pytorch",
        "pytorch.py",
        {
            "NCHW, fused Adam": {"compile": "default"},
            "NHWC, fused Adam": {"compile": "default", "channels_last": True},
            "max-autotune, NHWC, fused Adam": {"compile": "max-autotune", "channels_last": True},
        },
    ),
    "tensorflow": (
        "tensorflow",
        "tensorflow_functions.py",
        {
            "tf.function, fused Adam": {},
            "tf.function, fused Adam, 1 inter-op thread": {"inter_op": 1},
            "tf.function with XLA, fused Adam": {"xla": True},
        },
    ),
    "keras-tensorflow": (
        "tensorflow",
        "keras_fit.py",
        {
            "fit": {},
            "fit, 10 steps an execution": {"steps_per_execution": 10},
            "fit with XLA": {"jit_compile": True},
        },
    ),
    "jax": ("jax", "jax_flax.py", {"nnx.jit": {}, "nnx.jit, buffers given up": {"donate": True}}),
}


class Race:
    """One batch size."""

    def __init__(self, batch, options, folder):
        self.batch = batch
        self.options = options
        self.folder = Path(folder)
        self.stacks = ready_stacks()
        self.images, self.labels = read_half("train")
        self.data = self.folder / "train.npz"
        if not self.data.exists():
            np.savez(self.data, images=self.images.astype(np.float32) / 255, labels=self.labels.astype(np.int32))

    def say(self, text):
        print(f"batch {self.batch}: {text}", file=sys.stderr, flush=True)

    def worker(self, name, **members):
        return WorkerContender(
            self.stacks[name],
            self.images,
            self.labels,
            self.batch,
            members.pop("threads", self.options.threads),
            self.folder,
            members.pop("name", name),
            **members,
        )

    def steps_a_turn(self, contender):
        """Warms the contender up; as many steps as take about SECONDS_A_TURN."""
        contender.seconds_of(3)
        one = min(contender.seconds_of(2) / 2 for _ in range(2))
        return max(2, round(SECONDS_A_TURN / one))

    def milliseconds_a_step(self, contender, turns):
        steps = self.steps_a_turn(contender)
        return 1000 * min(contender.seconds_of(steps) / steps for _ in range(turns))

    def quickest(self, name):
        """The rival in its best setting, and {setting: milliseconds a step, or why it has none}."""
        stack, script, variants = RIVALS[name]
        tried = {}
        best = None
        for variant, settings in variants.items():
            contender = ScriptContender(
                self.stacks[stack], script, settings, self.data, self.batch, self.options.threads, name
            )
            try:
                tried[variant] = self.milliseconds_a_step(contender, 2)
            except RuntimeError as error:
                tried[variant] = str(error)
                contender.close()
                continue
            self.say(f"{name}, {variant}: {tried[variant]:.1f} ms")
            if best is None or tried[variant] < best[0]:
                if best is not None:
                    best[1].close()
                best = (tried[variant], contender)
            else:
                contender.close()
        return best[1], tried

    def contenders(self):
        """[contender], {name: {setting: milliseconds}}."""
        tried = {}
        found = [self.worker("native")]
        for name in RIVALS:
            if RIVALS[name][0] in self.stacks and name in self.options.rivals:
                contender, tried[name] = self.quickest(name)
                found.append(contender)
        if "libtorch" in self.stacks and "libtorch" in self.options.rivals:
            found.append(self.worker("libtorch"))
        return found, tried

    def run(self):
        contenders, tried = self.contenders()
        steps = {contender.name: self.steps_a_turn(contender) for contender in contenders}
        seconds = {contender.name: [] for contender in contenders}
        order = random.Random(self.batch)
        for number in range(self.options.rounds):
            self.say(f"round {number + 1} of {self.options.rounds}")
            for contender in order.sample(contenders, len(contenders)):
                seconds[contender.name].append(contender.seconds_of(steps[contender.name]) / steps[contender.name])
        memory = {contender.name: contender.peak_resident_bytes() for contender in contenders}
        for contender in contenders:
            contender.close()
        return self.summary(seconds, memory, tried)

    def summary(self, seconds, memory, tried):
        native = seconds["native"]
        rows = [
            {
                "stack": name,
                "step_ms": 1000 * statistics.median(times),
                "step_ms_by_round": [1000 * value for value in times],
                "gflop_per_second": FLOP_AN_IMAGE * self.batch / statistics.median(times) / 1e9,
                "ratio_to_native": ratio(times, native),
                "peak_resident_bytes": memory[name],
                "tried_ms": tried.get(name, {}),
            }
            for name, times in seconds.items()
        ]
        rivals = [row for row in rows if row["stack"] != "native"]
        fastest = min(rivals, key=lambda row: row["ratio_to_native"]) if rivals else None
        return {
            "batch": self.batch,
            "stacks": rows,
            "fastest": fastest and fastest["stack"],
            "ratio": fastest and fastest["ratio_to_native"],
        }

    def replicas(self):
        """Images a second of as many replicas as threads, one thread each, over those of one replica on all threads."""
        count = self.options.threads
        program = PROJECT / "build" / "release" / "bin" / "plumbline-replicas"
        done = subprocess.run(
            [program, "--batch", str(self.batch), "--replicas", str(count), "--rounds", str(self.options.rounds)],
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)


def peaks(threads):
    """What this machine can do: products and memory, measured now."""
    program = PROJECT / "build" / "release" / "bin" / "plumbline-peaks"
    return json.loads(subprocess.run([program, str(threads)], capture_output=True, text=True, check=True).stdout)


def print_text(result):
    machine = result["peaks"]
    print(
        "This machine, %d threads: %.0f GFLOP/s in registers, %.0f in oneDNN's matrix product, %.1f GB/s from memory"
        % (
            result["threads"],
            machine["register_gflop_per_second"],
            machine["matrix_gflop_per_second"],
            machine["memory_gb_per_second"],
        )
    )
    for race in result["batches"]:
        print("\nbatch %d" % race["batch"])
        print("%-18s %9s %9s %14s %9s %9s" % ("stack", "ms/step", "GFLOP/s", "of the product", "time", "memory"))
        for row in sorted(race["stacks"], key=lambda row: row["ratio_to_native"]):
            share = row["gflop_per_second"] / machine["matrix_gflop_per_second"]
            print(
                "%-18s %9.2f %9.0f %13.0f%% %8.2fx %6.0f MB"
                % (
                    row["stack"],
                    row["step_ms"],
                    row["gflop_per_second"],
                    100 * share,
                    row["ratio_to_native"],
                    row["peak_resident_bytes"] / 1e6,
                )
            )
        if race["ratio"]:
            print("native is %.2f times as fast as the fastest framework, %s" % (race["ratio"], race["fastest"]))
        replicas = race["replicas"]
        print(
            "%d replicas on one thread each: %.2f times one replica on %d threads"
            % (replicas["replicas"], replicas["ratio"], replicas["replicas"])
        )
    for race in result["batches"]:
        for row in race["stacks"]:
            for variant, found in row["tried_ms"].items():
                text = found if isinstance(found, str) else "%.1f ms" % found
                print("tried at batch %d: %s, %s: %s" % (race["batch"], row["stack"], variant, text))


def main():
    parser = argparse.ArgumentParser(prog="bench/run engine", description=__doc__)
    parser.add_argument("--batch", type=int, action="append", help="may be given several times [50, 128, 512]")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rivals", default=",".join([*RIVALS, "libtorch"]), help="as a,b [%(default)s]")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    options.rivals = options.rivals.split(",")
    races = []
    with tempfile.TemporaryDirectory() as folder:
        for batch in options.batch or [50, 128, 512]:
            race = Race(batch, options, folder)
            races.append({**race.run(), "replicas": race.replicas()})
    result = {
        "bench": "engine",
        "threads": options.threads,
        "peaks": peaks(options.threads),
        "ratio_to_fastest": {str(race["batch"]): race["ratio"] for race in races},
        "batches": races,
    }
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        print_text(result)


if __name__ == "__main__":
    main()
