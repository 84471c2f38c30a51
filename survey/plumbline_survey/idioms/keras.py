"""Keras 2 and 3: fit, predict and evaluate."""

import keras
import numpy as np
from keras import layers

IS_KERAS_2 = keras.__version__.startswith("2.")


def conversions():
    if IS_KERAS_2:
        return {"keras.backend.variable": keras.backend.variable}
    return {"keras.ops.convert_to_tensor": keras.ops.convert_to_tensor}


class Idiom:
    conversions = conversions()
    back = {"keras.backend.get_value": keras.backend.get_value} if IS_KERAS_2 else {}
    if not IS_KERAS_2:
        back = {"keras.ops.convert_to_numpy": keras.ops.convert_to_numpy, "numpy.asarray": np.asarray}
    from_dlpack = None

    def __init__(self):
        dense = layers.Dense(3, input_shape=(4,)) if IS_KERAS_2 else layers.Dense(3)
        self.model = keras.Sequential([dense] if IS_KERAS_2 else [keras.Input((4,)), dense])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(keras.optimizers.SGD(0.01), loss)

    def train(self, x, y):
        self.model.fit(x, y, epochs=1, verbose=0)

    def predict(self, x):
        return self.model.predict(x, verbose=0)

    def evaluate(self, x, y):
        return self.model.evaluate(x, y, verbose=0)
