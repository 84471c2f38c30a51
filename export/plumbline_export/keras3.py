"""The study in Keras 3, on TensorFlow, JAX or PyTorch: all but one line is the same."""

from plumbline_export.keras import KerasWriter
from plumbline_export.python_program import ARGUMENTS, opening
from plumbline_export.study import Unsupported
from plumbline_export.text import call

BACKENDS = {"keras-tensorflow": "tensorflow", "keras-jax": "jax", "keras-torch": "torch"}


def write(study):
    return Keras3Writer(study).write()


class Keras3Writer(KerasWriter):
    optimizers = {
        "sgd": ("SGD", ("learning_rate", "momentum", "nesterov"), {}),
        "adam": ("Adam", ("learning_rate", "beta_1", "beta_2", "epsilon"), {}),
        "adamw": ("AdamW", ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay"), {}),
        "rmsprop": ("RMSprop", ("learning_rate", "rho", "momentum", "epsilon"), {}),
        "adagrad": ("Adagrad", ("learning_rate", "initial_accumulator", "epsilon"), {}),
        "adadelta": ("Adadelta", ("learning_rate", "rho", "epsilon"), {}),
    }

    def opening(self):
        return [
            opening(self.study, "Keras 3"),
            ["import gzip", "import os", "import sys", "from pathlib import Path"],
            [f'os.environ["KERAS_BACKEND"] = "{BACKENDS[self.study.stack]}"'],
            ["import keras", "import numpy as np", "from keras import layers"],
            ARGUMENTS,
            ["keras.utils.set_random_seed(SEED)"],
        ]

    def sequential_texts(self, texts):
        return [self.input(), *texts]

    def input(self):
        return call("keras.Input", tuple(self.study.input))

    def average_pool(self, layer):
        padding = layer.same_padding(layer["size"])
        if self.study.stack == "keras-torch" and any(before != after for before, after in padding):
            raise Unsupported(
                f"Keras on PyTorch repeats the border where the average pooling of {layer.name} pads unevenly."
            )
        return super().average_pool(layer)

    def activation_of(self, layer):
        activation = layer.get("activation", {})
        if "slope" in activation or "approximate" in activation:
            return None, self.activation(layer)
        return super().activation_of(layer)

    def activation(self, layer):
        activation = layer["activation"]
        if activation["name"] == "leaky_relu":  # the layer's default slope is not the function's
            return [
                call("layers.LeakyReLU", **({"negative_slope": activation["slope"]} if "slope" in activation else {}))
            ]
        if "approximate" in activation:
            approximate = activation["approximate"]
            return [f"layers.Activation(lambda x: keras.activations.gelu(x, approximate={approximate}))"]
        return super().activation(layer)
