"""The paper's CNN in Keras 3, as a plain script; KERAS_BACKEND chooses the backend. Prints one line of JSON."""

import argparse
import json
import os
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", required=True, help="NPZ with train_images, train_labels, test_images, test_labels")
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--batch", type=int, default=50)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--threads", type=int, default=os.cpu_count())
arguments = parser.parse_args()

started = time.monotonic()

import random  # noqa: E402 - the imports are timed

import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

imported = time.monotonic()


def use_threads(count):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(count)
        tf.config.threading.set_inter_op_parallelism_threads(count)
    elif keras.backend.backend() == "torch":
        import torch

        torch.set_num_threads(count)
    else:
        os.environ["NPROC"] = str(count)  # XLA's pool


use_threads(arguments.threads)
if keras.backend.backend() == "jax":
    random.seed(arguments.seed)
    np.random.seed(arguments.seed)
else:
    keras.utils.set_random_seed(arguments.seed)

data = np.load(arguments.data)
train_images = data["train_images"].reshape(-1, 28, 28, 1).astype(np.float32) / 255
test_images = data["test_images"].reshape(-1, 28, 28, 1).astype(np.float32) / 255
train_labels = data["train_labels"].astype(np.int32)
loaded = time.monotonic()

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
model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
built = time.monotonic()


class Steps(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.done = 0

    def on_train_batch_end(self, batch, logs=None):
        self.done += 1
        self.loss = logs["loss"]
        if self.done == 1:
            self.first_step_done = time.monotonic()
        if self.done == arguments.steps:
            self.model.stop_training = True


steps = Steps()
epochs = -(-arguments.steps * arguments.batch // len(train_labels))
model.fit(train_images, train_labels, batch_size=arguments.batch, epochs=epochs, verbose=0, callbacks=[steps])
trained = time.monotonic()

outputs = model.predict(test_images, batch_size=1000, verbose=0)
accuracy = float(np.mean(outputs.argmax(axis=1) == data["test_labels"]))
predicted = time.monotonic()

print(
    json.dumps(
        {
            "import_seconds": imported - started,
            "load_seconds": loaded - imported,
            "build_seconds": built - loaded,
            "first_step_seconds": steps.first_step_done - built,
            "train_seconds": trained - steps.first_step_done,
            "predict_seconds": predicted - trained,
            "steps": steps.done,
            "loss": float(steps.loss),
            "accuracy": accuracy,
        }
    )
)
