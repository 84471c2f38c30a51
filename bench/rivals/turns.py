"""What the rivals of bench/engine.py share: the data, and taking steps when asked.

A rival reads numbers of steps from standard input, a line each, takes that many and answers with a line when the last
one's loss is known. The clock is the asker's.
"""

import argparse
import json
import sys

import numpy as np


def parse():
    """--data, --batch, --threads and --settings: what this variant does otherwise than the plain one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True, help="NPZ with images (n, 28, 28, 1), float32, and labels (n), int32")
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--settings", type=json.loads, default={})
    return parser.parse_args()


def load(path):
    data = np.load(path)
    return data["images"], data["labels"]


def batches_of(order, batch):
    """Index arrays of full batches, epoch after epoch; order() gives a permutation."""
    while True:
        indices = order()
        yield from (indices[start : start + batch] for start in range(0, len(indices) - batch + 1, batch))


def answer(take_steps):
    """take_steps(n) takes n steps and returns the last one's loss, waited for."""
    for line in sys.stdin:
        loss = take_steps(int(line))
        print(f"{float(loss):.6f}", flush=True)
