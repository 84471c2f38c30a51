"""The study in Keras 2.3.1 on Theano 1.0.5."""

from plumbline_export.keras import KerasWriter
from plumbline_export.python_program import ARGUMENTS, opening
from plumbline_export.study import Unsupported
from plumbline_export.text import call, literal, one_or_pair

SMALLEST_EPSILON = 1e-5  # Theano compares in float32, where this is a little less than 1e-5

PYTHON_310 = """# Keras 2.3.1 and Theano 1.0.5 still look for these where Python 3.10 has them no more.
for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))
""".splitlines()


def write(study):
    if study.device != "cpu":
        raise Unsupported("Theano 1.0.5 reaches a GPU only through libgpuarray, which this stack does not install.")
    return Keras2Writer(study).write()


class Keras2Writer(KerasWriter):
    l2 = "keras.regularizers.l2"
    batch_hook = "on_batch_end"
    sequence = "Sequence"
    optimizers = {
        "sgd": ("SGD", ("learning_rate", "momentum", "nesterov"), {}),
        "adam": ("Adam", ("learning_rate", "beta_1", "beta_2", "epsilon"), {}),
        "rmsprop": ("RMSprop", ("learning_rate", "rho", "epsilon"), {"momentum": 0.0}),
        "adagrad": ("Adagrad", ("learning_rate", "epsilon"), {"initial_accumulator": 0.0}),
        "adadelta": ("Adadelta", ("learning_rate", "rho", "epsilon"), {}),
    }

    def opening(self):
        return [
            opening(self.study, "Keras 2 on Theano"),
            [
                "import collections",
                "import collections.abc",
                "import gzip",
                "import os",
                "import sys",
                "from pathlib import Path",
            ],
            PYTHON_310,
            [
                'os.environ["KERAS_BACKEND"] = "theano"',
                'os.environ.setdefault("THEANO_FLAGS", "floatX=float32,openmp=True,blas.ldflags=-lopenblas")',
            ],
            ["import keras", "import numpy as np", "from keras import layers"],
            ARGUMENTS,
            ["np.random.seed(SEED)"],
        ]

    def optimizer(self):
        if self.study.optimizer_name not in self.optimizers:
            raise Unsupported(f"Keras 2.3.1 has no {self.study.optimizer_name}.")
        return super().optimizer()

    def sequential_texts(self, texts):
        separator = "" if texts[0].endswith("()") else ", "
        return [f"{texts[0][:-1]}{separator}input_shape={literal(self.study.input)})", *texts[1:]]

    def input(self):
        return call("layers.Input", tuple(self.study.input))

    def conv2d(self, layer):
        """On Theano "same" is half the kernel on both sides; other amounts a layer pads."""
        amounts = layer.same_padding(layer["kernel"])
        half = tuple((size // 2, size // 2) for size in layer["kernel"])
        if layer["padding"] == "valid" or amounts == half:
            return super().conv2d(layer)
        options = {} if layer["stride"] == [1, 1] else {"strides": one_or_pair(layer["stride"])}
        arguments = (layer["filters"], one_or_pair(layer["kernel"]))
        padded = self.with_parameters(layer, "layers.Conv2D", arguments, options)
        return [call("layers.ZeroPadding2D", amounts), *padded]

    def max_pool(self, layer):
        return [self.pool("layers.MaxPooling2D", layer, self.pool_padding(layer))]

    def average_pool(self, layer):
        return [self.pool("layers.AveragePooling2D", layer, self.pool_padding(layer))]

    def pool_padding(self, layer):
        amounts = layer.same_padding(layer["size"])
        if amounts == ((0, 0), (0, 0)):
            return "valid"
        if layer.operation == "average_pool":
            raise Unsupported(f"Theano has no gradient for the padded average pooling of {layer.name}.")
        # Keras's Theano backend starts its windows size - 1 places early, size - 2 for odd sizes over 2.
        if all(size in (1, 3) and before == size // 2 for size, (before, _) in zip(layer["size"], amounts)):
            return "same"
        raise Unsupported(f"Keras 2 on Theano pads the max pooling of {layer.name} by other amounts than the study.")

    def batch_norm(self, layer):
        if layer.get("epsilon", 1) <= SMALLEST_EPSILON:
            raise Unsupported(f"Theano wants an epsilon over 1e-5 for the batch normalisation of {layer.name}.")
        return super().batch_norm(layer)

    def layer_norm(self, layer):
        raise Unsupported("Keras 2.3.1 has no layer normalisation.")

    def activation_of(self, layer):
        activation = layer.get("activation", {"name": None})
        if activation["name"] == "leaky_relu":
            return None, [self.leaky_relu(activation)]
        return super().activation_of(layer)

    def activation_value(self, activation):
        if activation["name"] == "gelu":
            raise Unsupported("Keras 2.3.1 has no gelu.")
        return activation["name"]

    def activation(self, layer):
        if layer["activation"]["name"] == "leaky_relu":
            return [self.leaky_relu(layer["activation"])]
        return super().activation(layer)

    @staticmethod
    def leaky_relu(activation):
        return call("layers.LeakyReLU", **({"alpha": activation["slope"]} if "slope" in activation else {}))
