"""What the loops here train on, and what they are called with."""

import argparse

import numpy as np

STEPS, BATCH, CLASSES = 4, 6, 3


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("weights", help="where to leave the weights after the last step, as NPZ")
    parser.add_argument("--record", help="folder of the recording; without it nothing is recorded")
    parser.add_argument("--variant", default="")
    return parser.parse_args()


def batches():
    """(images NHWC float32, labels int64), a step each."""
    random = np.random.RandomState(0)
    for _ in range(STEPS):
        yield random.rand(BATCH, 8, 8, 2).astype(np.float32), random.randint(0, CLASSES, BATCH)
