"""Training by Keras itself, on any backend, recorded or not: train_on_batch, or with the variant "fit" fit."""

import contextlib

import keras
import numpy as np
from keras import layers
from loop import BATCH, CLASSES, arguments, batches

options = arguments(__doc__)
keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        layers.Input((8, 8, 2)),
        layers.Conv2D(4, 3, padding="same", use_bias=False, name="conv"),
        layers.BatchNormalization(name="norm"),
        layers.Activation("relu", name="relu"),
        layers.MaxPooling2D(2, name="pool"),
        layers.Flatten(name="flat"),
        layers.Dense(16, activation="tanh", name="hidden", kernel_regularizer=keras.regularizers.L2(0.01)),
        layers.Dropout(0.5, name="drop"),
        layers.Dense(CLASSES, name="out"),
    ]
)
if options.variant == "functional":
    model = keras.Model(model.inputs, model.outputs)
optimizer = keras.optimizers.SGD(0.1, momentum=0.9) if options.variant == "sgd" else keras.optimizers.Adam(0.01)
model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])

if options.record:
    from plumbline_recorder import Recorder

    recorder = Recorder(options.record, model, steps=3, strict=True)

if options.variant == "fit":
    images, labels = (np.concatenate(parts) for parts in zip(*batches()))
    callbacks = [recorder.callback()] if options.record else []
    model.fit(images, labels, batch_size=BATCH, shuffle=False, verbose=0, callbacks=callbacks)
else:
    for images, labels in batches():
        with recorder.step(images, labels) if options.record else contextlib.nullcontext() as step:
            loss = model.train_on_batch(images, labels)
            if step:
                step.loss(loss)

np.savez(options.weights, **{v.path: keras.ops.convert_to_numpy(v) for v in model.variables})
