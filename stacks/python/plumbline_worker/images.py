"""What every adapter makes of the data set in the same way, so that all train on the same bits."""

import numpy as np


def scaled_images(images, input_scaling):
    """(x * factor - mean) / stddev in float32, as `load_data` tells; shape and layout stay."""
    scaled = images.astype(np.float32)
    scaled *= np.float32(input_scaling["factor"])
    if input_scaling["mean"] != 0:
        scaled -= np.float32(input_scaling["mean"])
    if input_scaling["stddev"] != 1:
        scaled /= np.float32(input_scaling["stddev"])
    return scaled


def one_hot(labels, classes):
    """(N) labels as (N, classes) float32."""
    return np.eye(classes, dtype=np.float32)[labels]
