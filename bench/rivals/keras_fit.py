"""The paper's CNN in Keras 3 on TensorFlow, by compile and fit."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from turns import answer, load, parse

options = parse()
settings = options.settings
tf.config.threading.set_intra_op_parallelism_threads(options.threads)
tf.config.threading.set_inter_op_parallelism_threads(options.threads)
keras.utils.set_random_seed(0)

images, labels = load(options.data)
model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(1024, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10),
    ]
)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile(keras.optimizers.Adam(1e-4), loss, **{"jit_compile": False, **settings})


def take_steps(count):
    """One fit, so that its start is paid once a turn."""
    chosen = np.resize(np.arange(len(images)), count * options.batch)
    return model.fit(images[chosen], labels[chosen], batch_size=options.batch, verbose=0).history["loss"][-1]


answer(take_steps)
