"""Programs that train the paper's CNN and take turns: each waits until it is asked for some steps."""

import json
import subprocess
import sys
import time
from pathlib import Path

from shared.machine import PROJECT, variables_of

sys.path[:0] = [str(PROJECT / "tests" / "python"), str(PROJECT / "stacks" / "python")]
from networks import paper_network, recipe  # noqa: E402 - the tests' client of docs/protocol.md
from trial import Trial  # noqa: E402

RIVALS = Path(__file__).resolve().parent.parent / "rivals"
ADAM = {"name": "adam", "learning_rate": 1e-4}


class WorkerContender:
    """A stack's own worker: steps are asked for by the protocol's `train`. `folder` is this contender's alone."""

    def __init__(self, name, stack, images, labels, batch, threads, folder):
        self.name = name
        self._trial = Trial(stack["command"], variables_of(stack, threads), folder)
        self._trial.load(images, labels, test_images=images[:1])
        self._trial.build(paper_network(), recipe(batch, ADAM, drop_last_batch=True))

    def seconds_of(self, steps):
        started = time.monotonic()
        self._trial.train(steps, report_seconds=3600)
        return time.monotonic() - started

    def peak_resident_bytes(self):
        return peak_of(self._trial.worker.process.pid)

    def close(self):
        self._trial.worker.__exit__()


class ScriptContender:
    """One of bench/rivals in its stack's environment."""

    def __init__(self, name, stack, script, settings, data, batch, threads):
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
