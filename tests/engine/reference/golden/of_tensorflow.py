"""TensorFlow's numbers, in float64 unless a case says float32: tf.nn, and tf.compat.v1.train, TensorFlow 1's."""

import numpy as np
import tensorflow as tf
from cases import (
    ADAM,
    AT_THE_KINK,
    EPSILON,
    LABELS,
    MOMENTUM,
    RATE,
    RHO,
    SMALL_WEIGHTS,
    WEIGHTS,
    adam_like,
    d_output,
    image,
    kernel,
    layer,
    layer_case,
    logits,
    loss_case,
    many_steps,
    three_steps,
    tied_image,
    update_case,
    write,
)

V1 = tf.compat.v1
TRAIN = V1.train


# ---- Optimizers, in a graph of their own as TensorFlow 1 had them.


def run(make, slots, dtype=np.float64, weights=WEIGHTS, follow=three_steps):
    with tf.Graph().as_default(), V1.Session() as session:
        variable = V1.get_variable("w", initializer=np.array(weights, dtype))
        gradient = V1.placeholder(dtype, [len(weights)])
        optimizer = make()
        step = optimizer.apply_gradients([(gradient, variable)])
        session.run(V1.global_variables_initializer())
        kept = [variable, *[optimizer.get_slot(variable, slot) for slot in slots]]
        return follow(lambda values: session.run(step, {gradient: values}), lambda: session.run(kept))


def update(name, wire, make, slots, dialect=None, numbers=None):
    initial, steps = run(make, slots)
    return update_case(f"tf.compat.v1.train.{name}", wire, initial, steps, dialect, numbers)


def updates():
    sgd = {"name": "sgd", "learning_rate": RATE}
    yield update("GradientDescentOptimizer", sgd, lambda: TRAIN.GradientDescentOptimizer(RATE), ())
    for nesterov in (False, True):
        wire = {**sgd, "momentum": MOMENTUM, "nesterov": nesterov}
        make = lambda nesterov=nesterov: TRAIN.MomentumOptimizer(RATE, MOMENTUM, use_nesterov=nesterov)  # noqa: E731
        yield update(f"MomentumOptimizer, use_nesterov={nesterov}", wire, make, ("momentum",))
    hat = {"optimizer.adam_epsilon": "epsilon_hat"}
    adam = adam_like()
    make = lambda: TRAIN.AdamOptimizer(RATE, adam["beta_1"], adam["beta_2"], EPSILON)  # noqa: E731
    yield update("AdamOptimizer", adam, make, ("m", "v"), hat)
    rms = {"name": "rmsprop", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON, "momentum": MOMENTUM}
    inside = {"optimizer.rmsprop_epsilon": "inside_root", "optimizer.rate_place": "inside"}
    make = lambda: TRAIN.RMSPropOptimizer(RATE, RHO, MOMENTUM, EPSILON)  # noqa: E731
    yield update("RMSPropOptimizer", rms, make, ("rms", "momentum"), inside, {"initial_accumulator": 1.0})
    adagrad = {"name": "adagrad", "learning_rate": RATE, "initial_accumulator": 0.125, "epsilon": 0.0}
    yield update("AdagradOptimizer", adagrad, lambda: TRAIN.AdagradOptimizer(RATE, 0.125), ("accumulator",))
    adadelta = {"name": "adadelta", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    make = lambda: TRAIN.AdadeltaOptimizer(RATE, RHO, EPSILON)  # noqa: E731
    yield update("AdadeltaOptimizer", adadelta, make, ("accum", "accum_update"))
    initial, steps = run(lambda: TRAIN.AdamOptimizer(1e-3), ("m", "v"), np.float32, SMALL_WEIGHTS, many_steps)
    dialect = {**hat, "optimizer.constants": "float32", "optimizer.beta_power": "float32_accumulated"}
    name = "tf.compat.v1.train.AdamOptimizer in float32"
    yield update_case(name, ADAM, initial, steps, dialect, float32=True)


# ---- Layers.


def plain(name, described, x, function, dtype=tf.float64):
    given = tf.constant(x, dtype)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = function(given)
    dy = d_output(y.shape)
    dx = tape.gradient(y, given, tf.constant(dy, dtype))
    in_float32 = dtype == tf.float32
    return layer_case(f"tf {name}", described, x, float32=in_float32, output=y, d_output=dy, d_input=dx)


def conv(name, shape, size, stride, padding):
    x, w = image(shape), kernel(*size, inputs=shape[-1])
    given, variable = tf.constant(x), tf.constant(w)
    with tf.GradientTape() as tape:
        tape.watch([given, variable])
        y = tf.nn.conv2d(given, variable, stride, padding.upper())
    dy = d_output(y.shape)
    dx, dw = tape.gradient(y, [given, variable], tf.constant(dy))
    described = layer("conv2d", filters=2, kernel=size, stride=stride, padding=padding, bias=False)
    found = {"output": y, "d_output": dy, "d_input": dx, "d_kernel": dw}
    return layer_case(f"tf.nn.{name}", described, x, None, {"kernel": w}, **found)


def pools():
    for operation, function in (("max_pool", tf.nn.max_pool2d), ("average_pool", tf.nn.avg_pool2d)):
        for size, stride, padding in ((2, 1, "valid"), (3, 2, "same")):
            described = layer(operation, size=[size, size], stride=[stride, stride], padding=padding)
            options = (size, stride, padding.upper())
            pool = lambda x, f=function, o=options: f(x, *o)  # noqa: E731
            # All below zero, so that a padded 0 would win.
            yield plain(f"{function.__name__}, {padding}", described, tied_image() - 3, pool)


def activations():
    def described(**activation):
        return layer("activation", activation=activation)

    x = AT_THE_KINK.reshape(1, 5)
    yield plain("relu", described(name="relu"), x, tf.nn.relu)
    yield plain("leaky_relu", described(name="leaky_relu", slope=0.25), x, lambda x: tf.nn.leaky_relu(x, 0.25))
    for form in (False, True):
        gelu = lambda x, form=form: tf.nn.gelu(x, approximate=form)  # noqa: E731
        name = f"gelu, approximate={form}, in float32"  # whose constants it keeps in float64 too
        yield plain(name, described(name="gelu", approximate=form), x, gelu, tf.float32)


def layers():
    yield conv("conv2d, even kernel, same", (1, 5, 4, 2), (2, 3), (2, 1), "same")
    yield conv("conv2d, batch of 2, same", (2, 4, 5, 1), (3, 2), (2, 2), "same")
    yield from pools()
    yield from activations()


def losses():
    z = tf.constant(logits())
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=LABELS, logits=z))
    gradient = tape.gradient(value, z)
    yield loss_case("tf sparse_softmax_cross_entropy", "softmax_cross_entropy", logits(), LABELS, value, gradient)
    with tf.GradientTape() as tape:
        tape.watch(z)
        distance = tf.math.squared_difference(z, tf.one_hot(LABELS, 5, dtype=tf.float64))
        value = tf.reduce_mean(tf.reduce_sum(distance, -1))
    gradient = tape.gradient(value, z)
    summed = {"loss.reduction": "batch_mean"}
    name = "tf squared_difference, summed over outputs"
    yield loss_case(name, "mean_squared_error", logits(), LABELS, value, gradient, summed)


write("tensorflow.json", f"TensorFlow {tf.__version__}", list(updates()), list(layers()), list(losses()))
