"""`fit`, for a number of steps."""

import math

import keras
import numpy as np


class Steps(keras.callbacks.Callback):
    """Tells of each step, and stops `fit` after the last one, in the middle of an epoch if need be."""

    def __init__(self, report):
        super().__init__()
        self._report = report
        self._step = 0

    def on_train_batch_end(self, batch, logs=None):
        self._step += 1
        self._report.step_done(self._step, lambda: logs["loss"])
        if self._step == self._report.steps:
            self.model.stop_training = True


class FullBatches(keras.utils.PyDataset):
    """`fit` on arrays keeps the last, smaller batch of an epoch; this leaves it out."""

    def __init__(self, images, labels, batch, shuffle):
        super().__init__()
        self._images, self._labels, self._batch, self._shuffle = images, labels, batch, shuffle
        self._order = np.arange(len(labels))
        self.on_epoch_end()

    def __len__(self):
        return len(self._labels) // self._batch

    def __getitem__(self, index):
        chosen = self._order[index * self._batch : (index + 1) * self._batch]
        return self._images[chosen], self._labels[chosen]

    def on_epoch_end(self):
        if self._shuffle:
            np.random.shuffle(self._order)


def fit(model, images, labels, recipe, report):
    options = {"verbose": 0, "callbacks": [Steps(report)]}
    if recipe["drop_last_batch"]:
        batches = FullBatches(images, labels, recipe["batch"], recipe["shuffle"])
        model.fit(batches, epochs=math.ceil(report.steps / len(batches)), shuffle=False, **options)
        return
    epochs = math.ceil(report.steps / math.ceil(len(labels) / recipe["batch"]))
    model.fit(images, labels, batch_size=recipe["batch"], epochs=epochs, shuffle=recipe["shuffle"], **options)
