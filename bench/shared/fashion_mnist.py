"""Fashion-MNIST as its Debian package has it."""

import gzip
from pathlib import Path

import numpy as np

FOLDER = Path("/usr/share/datasets/fashion-mnist")


def read_idx(name):
    with gzip.open(FOLDER / (name + ".gz")) as file:
        content = file.read()
    extents = [int.from_bytes(content[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(content[3])]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(extents)).reshape(extents)


def read_half(half):
    """Images (n, 28, 28, 1), bytes, and labels (n), int64; `half` is "train" or "test"."""
    prefix = {"train": "train", "test": "t10k"}[half]
    images = read_idx(prefix + "-images-idx3-ubyte")[..., None]
    return images, read_idx(prefix + "-labels-idx1-ubyte").astype(np.int64)
