"""The paper's CNN in Keras 2 on Theano, as a plain script. Prints one line of JSON."""

import argparse
import collections
import collections.abc
import json
import os
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--data", required=True, help="NPZ with train_images, train_labels, test_images, test_labels")
parser.add_argument("--steps", type=int, default=1000)
parser.add_argument("--batch", type=int, default=50)
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--threads", type=int, default=os.cpu_count(), help="for OpenMP and OpenBLAS")
arguments = parser.parse_args()

# Libraries read these once, when they are loaded.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(arguments.threads)
# Keras 2.3.1 and Theano 1.0.5 still look for these where Python 3.10 has them no more.
for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
    setattr(collections, name, getattr(collections.abc, name))

started = time.monotonic()

import keras  # noqa: E402 - the imports are timed
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

imported = time.monotonic()

np.random.seed(arguments.seed)

data = np.load(arguments.data)
train_images = data["train_images"].reshape(-1, 28, 28, 1).astype(np.float32) / 255
test_images = data["test_images"].reshape(-1, 28, 28, 1).astype(np.float32) / 255
train_labels = data["train_labels"].astype(np.int32)
loaded = time.monotonic()

model = keras.Sequential(
    [
        layers.Conv2D(32, 5, padding="same", activation="relu", input_shape=(28, 28, 1)),
        layers.MaxPooling2D(2),
        layers.Conv2D(64, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(1024, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10),
    ]
)
model.compile(keras.optimizers.Adam(learning_rate=1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
built = time.monotonic()


class Steps(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.done = 0

    def on_batch_end(self, batch, logs=None):
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

outputs = model.predict(test_images, batch_size=1000)
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
