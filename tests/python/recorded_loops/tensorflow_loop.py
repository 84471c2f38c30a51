"""A training loop in TensorFlow with a GradientTape, recorded or not."""

import contextlib

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from loop import CLASSES, arguments, batches

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
        layers.Dense(16, activation="tanh", name="hidden"),
        layers.Dropout(0.5, name="drop"),
        layers.Dense(CLASSES, name="out"),
    ]
)
optimizer = keras.optimizers.SGD(0.1, momentum=0.9) if options.variant == "sgd" else keras.optimizers.Adam(0.01)
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

if options.record:
    from plumbline_recorder import Recorder, watch

    recorder = Recorder(options.record, model, optimizer, steps=3, ends_only=options.variant == "xla", strict=True)
else:

    def watch(name, tensor):
        return tensor


@tf.function(jit_compile=options.variant == "xla")
def train_step(images, labels):
    with tf.GradientTape() as tape:
        logits = watch("logits", model(images, training=True))
        loss = loss_of(labels, logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


for images, labels in batches():
    with recorder.step(images=images, labels=labels) if options.record else contextlib.nullcontext() as step:
        loss = train_step(images, labels)
        if step:
            step.loss(loss)

np.savez(options.weights, **{variable.path: variable.numpy() for variable in model.variables})
