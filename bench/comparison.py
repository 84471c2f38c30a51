"""How long the statistics of a whole table take: every pair of stacks, with the bits of every test example.

The goal is absolute, so this benchmark prints seconds: the median and the worst of some rounds.
"""

import argparse
import json
import statistics
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TARGET = "plumbline-bench-comparison"


def main():
    parser = argparse.ArgumentParser(description=__doc__, prog="bench/run comparison")
    parser.add_argument("--stacks", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    subprocess.run(
        ["cmake", "--build", "--preset", "release", "--target", TARGET],
        cwd=PROJECT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    size = [arguments.stacks, arguments.seeds, arguments.examples, arguments.rounds]
    output = subprocess.run(
        [PROJECT / "build" / "release" / "bin" / TARGET, *map(str, size)], check=True, capture_output=True, text=True
    ).stdout
    seconds = [float(line) for line in output.split()]
    result = {"seconds": statistics.median(seconds), "worst_seconds": max(seconds), "rounds": len(seconds)}
    if arguments.json:
        print(json.dumps(result))
    else:
        print(
            f"{arguments.stacks} stacks x {arguments.seeds} seeds x {arguments.examples} examples: "
            f"{result['seconds']:.3f} s, at worst {result['worst_seconds']:.3f} s"
        )


if __name__ == "__main__":
    main()
