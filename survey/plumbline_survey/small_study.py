"""A small study, and data for it, without NumPy: four classes of 8x8 images, told apart by their bright quarter."""

import copy
import random
import struct
import zipfile

IMAGE = [8, 8, 1]
CLASSES = 4
TRAIN_IMAGES, TEST_IMAGES = 200, 80


def layer(name, operation, inputs, output_shape, **members):
    return {"name": name, "operation": operation, "inputs": inputs, "output_shape": output_shape, **members}


def conv2d(name, inputs, filters):
    members = {"kernel": [3, 3], "stride": [1, 1], "padding": "same", "bias": True, "activation": {"name": "relu"}}
    return layer(name, "conv2d", inputs, [8, 8, filters], filters=filters, **members)


def dense(name, inputs, units, **members):
    return layer(name, "dense", inputs, [units], units=units, bias=True, **members)


NETWORK = {
    "input": IMAGE,
    "layers": [
        conv2d("conv2d_1", ["input"], 4),
        layer("max_pool_1", "max_pool", ["conv2d_1"], [4, 4, 4], size=[2, 2], stride=[2, 2], padding="valid"),
        layer("flatten_1", "flatten", ["max_pool_1"], [64]),
        dense("dense_1", ["flatten_1"], 16, activation={"name": "relu"}),
        dense("dense_2", ["dense_1"], CLASSES),
    ],
}
# Two branches of unlike shapes, added.
UNLIKE_BRANCHES = {
    "input": IMAGE,
    "layers": [
        conv2d("conv2d_1", ["input"], 4),
        conv2d("conv2d_2", ["input"], 6),
        layer("add_1", "add", ["conv2d_1", "conv2d_2"], [8, 8, 4]),
        layer("flatten_1", "flatten", ["add_1"], [256]),
        dense("dense_1", ["flatten_1"], CLASSES),
    ],
}
RECIPE = {
    "loss": "softmax_cross_entropy",
    "batch": 20,
    "epochs": 6,
    "shuffle": True,
    "drop_last_batch": False,
    "optimizer": {"name": "adam", "learning_rate": 0.01},
    "input_scaling": {"factor": 1 / 255, "mean": 0.0, "stddev": 1.0},
}


def request_for(stack, device="cpu"):
    """The request of an export (docs/export.md). The caller's own to change."""
    return {
        "study": "small",
        "question": "Is the bright quarter found?",
        "stack": stack,
        "device": device,
        "network": copy.deepcopy(NETWORK),
        "recipe": copy.deepcopy(RECIPE),
    }


class Array:
    """An array as NPY writes it: NumPy's dtype text, shape, the elements' bytes in C order."""

    def __init__(self, dtype, shape, data):
        self.dtype, self.shape, self.data = dtype, tuple(shape), data


def bytes_array(values, shape):
    return Array("|u1", shape, bytes(values))


def images_and_labels(count, seed, channels=1):
    generator = random.Random(seed)
    labels = [number % CLASSES for number in range(count)]
    pixels = []
    for label in labels:
        for row in range(8):
            for column in range(8):
                bright = row // 4 == label // 2 and column // 4 == label % 2
                value = generator.randrange(60) + (120 if bright else 0)
                pixels += [value] * channels
    shape = (count, 8, 8) if channels == 1 else (count, 8, 8, channels)
    return bytes_array(pixels, shape), bytes_array(labels, (count,))


def data_set(channels=1):
    """{name in the NPZ file: array}"""
    x_train, y_train = images_and_labels(TRAIN_IMAGES, 1, channels)
    x_test, y_test = images_and_labels(TEST_IMAGES, 2, channels)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def floats(array, change=lambda number, value: value):
    """The same numbers as float32, each changed."""
    values = [change(number, float(value)) for number, value in enumerate(array.data)]
    return Array("<f4", array.shape, struct.pack("<%df" % len(values), *values))


def integers(values, shape):
    return Array("<i8", shape, struct.pack("<%dq" % len(values), *values))


def texts(values):
    width = max(len(value) for value in values)
    padded = "".join(value.ljust(width, "\0") for value in values)
    return Array("<U%d" % width, (len(values),), padded.encode("utf-32-le"))


def write_npz(path, arrays):
    """NPY version 1.0 in a zip file, as numpy.savez writes it (numpy.lib.format)."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            header = repr({"descr": array.dtype, "fortran_order": False, "shape": array.shape})
            header += " " * (-(10 + len(header) + 1) % 64) + "\n"
            start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
            archive.writestr(name + ".npy", start + header.encode("ascii") + array.data)
