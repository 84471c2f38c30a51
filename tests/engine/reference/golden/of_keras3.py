"""Keras 3's numbers in float64 unless a case says float32, of the backend that KERAS_BACKEND names: losses of each, and
on TensorFlow the optimizers and the layers too."""

import os

import keras
import numpy as np
from cases import (
    ADAM,
    AT_THE_KINK,
    BATCH_NORM,
    BETA_1,
    BETA_2,
    DECAY,
    EPSILON,
    MOMENTUM,
    RATE,
    RHO,
    SATURATED_LABELS,
    SMALL_WEIGHTS,
    WEIGHTS,
    adam_like,
    d_output,
    image,
    layer,
    layer_case,
    loss_case,
    many_steps,
    pattern,
    saturated_logits,
    three_steps,
    update_case,
    write,
)

BACKEND = os.environ["KERAS_BACKEND"]
keras.config.set_floatx("float64")
OPTIMIZERS = keras.optimizers


# ---- Optimizers.


def run(make, slots, dtype="float64", weights=WEIGHTS, follow=three_steps, negate=()):
    variable = keras.Variable(np.array(weights, dtype), dtype=dtype)
    optimizer = make()
    optimizer.build([variable])

    def take(gradients):
        optimizer.apply([keras.ops.convert_to_tensor(np.array(gradients, dtype))], [variable])

    def read():
        kept = [np.asarray(getattr(optimizer, slot)[0].numpy()) for slot in slots]
        return [variable.numpy(), *[-values if slot in negate else values for slot, values in zip(slots, kept)]]

    return follow(take, read)


def update(name, wire, make, slots, dialect=None, negate=()):
    initial, steps = run(make, slots, negate=negate)
    return update_case(f"keras.optimizers.{name}", wire, initial, steps, dialect)


def updates():
    inside = {"optimizer.rate_place": "inside"}
    sgd = {"name": "sgd", "learning_rate": RATE, "momentum": MOMENTUM}
    for nesterov in (False, True):
        make = lambda nesterov=nesterov: OPTIMIZERS.SGD(RATE, MOMENTUM, nesterov)  # noqa: E731
        wire = {**sgd, "nesterov": nesterov}
        yield update(f"SGD, nesterov={nesterov}", wire, make, ("momentums",), inside, ("momentums",))
    decoupled = {**inside, "optimizer.weight_decay_form": "decoupled"}
    make = lambda: OPTIMIZERS.SGD(RATE, MOMENTUM, weight_decay=DECAY)  # noqa: E731
    wire = {**sgd, "weight_decay": DECAY}
    yield update("SGD, weight_decay", wire, make, ("momentums",), decoupled, ("momentums",))
    moments = ("_momentums", "_velocities")
    numbers = (RATE, BETA_1, BETA_2, EPSILON)
    hat = {"optimizer.adam_epsilon": "epsilon_hat"}
    yield update("Adam", adam_like(), lambda: OPTIMIZERS.Adam(*numbers), moments, hat)
    decayed = {**adam_like(weight_decay=DECAY), "name": "adamw"}
    make = lambda: OPTIMIZERS.AdamW(RATE, DECAY, BETA_1, BETA_2, EPSILON)  # noqa: E731
    yield update("AdamW", decayed, make, moments, hat)
    rms = {"name": "rmsprop", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON, "momentum": MOMENTUM}
    root = {**inside, "optimizer.rmsprop_epsilon": "inside_root"}
    make = lambda: OPTIMIZERS.RMSprop(RATE, RHO, MOMENTUM, EPSILON)  # noqa: E731
    yield update("RMSprop, momentum", rms, make, ("_velocities", "_momentums"), root)
    adagrad = {"name": "adagrad", "learning_rate": RATE, "epsilon": EPSILON, "initial_accumulator": 0.125}
    root = {"optimizer.adagrad_epsilon": "inside_root"}
    yield update("Adagrad", adagrad, lambda: OPTIMIZERS.Adagrad(RATE, 0.125, EPSILON), ("_accumulators",), root)
    adadelta = {"name": "adadelta", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    make = lambda: OPTIMIZERS.Adadelta(RATE, RHO, EPSILON)  # noqa: E731
    yield update("Adadelta", adadelta, make, ("_accumulated_grads", "_accumulated_delta_vars"))
    make = lambda: OPTIMIZERS.Adam(1e-3, epsilon=1e-8)  # noqa: E731
    keras.config.set_floatx("float32")
    initial, steps = run(make, moments, "float32", SMALL_WEIGHTS, many_steps)
    keras.config.set_floatx("float64")
    dialect = {**hat, "optimizer.constants": "double_then_cast", "optimizer.beta_power": "float32"}
    yield update_case("keras.optimizers.Adam in float32", ADAM, initial, steps, dialect, float32=True)


# ---- Layers, on TensorFlow.


def batch_norm():
    import tensorflow as tf

    x = image((2, 2, 3, 2))
    norm = keras.layers.BatchNormalization(momentum=0.75, epsilon=0.125)
    norm.build(x.shape)
    norm.set_weights([BATCH_NORM[name] for name in ("gamma", "beta", "moving_mean", "moving_variance")])
    inference = norm(x, training=False)
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = norm(given, training=True)
    dy = d_output(y.shape)
    dx, d_gamma, d_beta = tape.gradient(y, [given, norm.gamma.value, norm.beta.value], tf.constant(dy))
    found = {"output": y, "inference": inference, "d_output": dy, "d_input": dx, "d_gamma": d_gamma, "d_beta": d_beta}
    found.update(running_mean=norm.moving_mean, running_variance=norm.moving_variance)
    described = layer("batch_norm", momentum=0.75, epsilon=0.125)
    return layer_case("keras BatchNormalization", described, x, None, BATCH_NORM, **found)


def layer_norm():
    import tensorflow as tf

    x = pattern((2, 3), 7, 11)
    parameters = {"gamma": np.array([1.5, -0.5, 2]), "beta": np.array([0.25, 1, 0])}
    norm = keras.layers.LayerNormalization(epsilon=2.0**-10)
    norm.build(x.shape)
    norm.set_weights(list(parameters.values()))
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = norm(given)
    dy = d_output(y.shape)
    dx, d_gamma, d_beta = tape.gradient(y, [given, norm.gamma.value, norm.beta.value], tf.constant(dy))
    found = {"output": y, "d_output": dy, "d_input": dx, "d_gamma": d_gamma, "d_beta": d_beta}
    described = layer("layer_norm", epsilon=2.0**-10)
    return layer_case("keras LayerNormalization", described, x, None, parameters, **found)


def leaky_relu():
    import tensorflow as tf

    x = AT_THE_KINK.reshape(1, 5)
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = keras.activations.leaky_relu(given, 0.25)
    dy = d_output(y.shape)
    described = layer("activation", activation={"name": "leaky_relu", "slope": 0.25})
    found = {"output": y, "d_output": dy, "d_input": tape.gradient(y, given, tf.constant(dy))}
    return layer_case("keras leaky_relu", described, x, **found)


# ---- The loss from probabilities, behind a softmax that the loss cannot see: on TensorFlow a graph would show it.


def value_and_gradient(function, z):
    if BACKEND == "tensorflow":
        import tensorflow as tf

        given = tf.constant(z)
        with tf.GradientTape() as tape:
            tape.watch(given)
            value = function(given)
        return value, tape.gradient(value, given)
    if BACKEND == "jax":
        import jax

        return jax.value_and_grad(function)(z)
    import torch

    given = torch.tensor(z, requires_grad=True)
    value = function(given)
    return value.item(), torch.autograd.grad(value, given)[0].numpy()


def losses():
    """In float64 epsilon() is Python's 1e-7."""
    one_hot = np.eye(5)[list(SATURATED_LABELS)]
    sparse_form = "clipped_and_renormalised" if BACKEND == "tensorflow" else "renormalised_and_clipped"
    for name, target, form in (
        ("categorical_crossentropy", one_hot, "renormalised_and_clipped"),
        ("sparse_categorical_crossentropy", np.array(SATURATED_LABELS), sparse_form),
    ):

        def mean(z, name=name, target=target):
            # + 0 hides the softmax from `_get_logits`. keras.ops.mean is float32 even of float64.
            return keras.ops.sum(getattr(keras.losses, name)(target, keras.ops.softmax(z) + 0.0)) / len(z)

        value, gradient = value_and_gradient(mean, saturated_logits())
        dialect = {"loss.cross_entropy": form}
        labels = SATURATED_LABELS
        yield loss_case(f"keras {name}", "softmax_cross_entropy", saturated_logits(), labels, value, gradient, dialect)


whole = BACKEND == "tensorflow"
write(
    f"keras3_{BACKEND}.json",
    f"Keras {keras.__version__} on {BACKEND}",
    list(updates()) if whole else [],
    [batch_norm(), layer_norm(), leaky_relu()] if whole else [],
    list(losses()),
)
