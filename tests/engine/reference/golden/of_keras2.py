"""Keras 2's numbers on Theano: `of_keras2.py float64`, or float32 for the one case in float32, each with
KERAS_BACKEND=theano THEANO_FLAGS=device=cpu,blas.ldflags=-lopenblas."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[4] / "stacks" / "keras2-theano"))
import python310  # noqa: F401 - before Keras

# isort: split
import keras
import numpy as np
import theano
import theano.tensor as T
from cases import (
    ADAM,
    AT_THE_KINK,
    BATCH_NORM,
    BETA_1,
    BETA_2,
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
    kernel,
    layer,
    layer_case,
    loss_case,
    many_steps,
    saturated_logits,
    three_steps,
    tied_image,
    update_case,
    write,
)
from keras import backend as K
from theano.tensor.signal.pool import pool_2d

OPTIMIZERS = keras.optimizers
FLOAT = sys.argv[1]
theano.config.floatX = FLOAT
K.set_floatx(FLOAT)


# ---- Optimizers.


def run(make, slots, weights=WEIGHTS, follow=three_steps, negate=()):
    """`slots`: positions in optimizer.weights."""
    variable = K.variable(np.array(weights), dtype=FLOAT)
    gradient = T.vector(dtype=FLOAT)
    optimizer = make()
    updates = optimizer.get_updates(K.sum(variable * gradient), [variable])
    step = K.function([gradient], [], updates=updates)

    def read():
        kept = [K.get_value(optimizer.weights[slot]) for slot in slots]
        return [K.get_value(variable), *[-values if slot in negate else values for slot, values in zip(slots, kept)]]

    return follow(lambda values: step([np.array(values, FLOAT)]), read)


def update(name, wire, make, slots, dialect=None, negate=()):
    initial, steps = run(make, slots, negate=negate)
    return update_case(f"keras.optimizers.{name}", wire, initial, steps, dialect)


def updates():
    inside = {"optimizer.rate_place": "inside"}
    for nesterov in (False, True):
        wire = {"name": "sgd", "learning_rate": RATE, "momentum": MOMENTUM, "nesterov": nesterov}
        make = lambda nesterov=nesterov: OPTIMIZERS.SGD(RATE, MOMENTUM, nesterov)  # noqa: E731
        yield update(f"SGD, nesterov={nesterov}", wire, make, (1,), inside, (1,))
    hat = {"optimizer.adam_epsilon": "epsilon_hat"}
    make = lambda: OPTIMIZERS.Adam(RATE, BETA_1, BETA_2, epsilon=EPSILON)  # noqa: E731
    yield update("Adam", adam_like(), make, (1, 2), hat)
    rms = {"name": "rmsprop", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    yield update("RMSprop", rms, lambda: OPTIMIZERS.RMSprop(RATE, RHO, epsilon=EPSILON), (1,))
    adagrad = {"name": "adagrad", "learning_rate": RATE, "epsilon": EPSILON, "initial_accumulator": 0.0}
    yield update("Adagrad", adagrad, lambda: OPTIMIZERS.Adagrad(RATE, epsilon=EPSILON), (1,))
    adadelta = {"name": "adadelta", "learning_rate": RATE, "rho": RHO, "epsilon": EPSILON}
    yield update("Adadelta", adadelta, lambda: OPTIMIZERS.Adadelta(RATE, RHO, epsilon=EPSILON), (1, 2))


def float32_updates():
    dialect = {
        "optimizer.adam_epsilon": "epsilon_hat",
        "optimizer.constants": "float32",
        "optimizer.beta_power": "float32",
    }
    initial, steps = run(lambda: OPTIMIZERS.Adam(1e-3, epsilon=1e-8), (1, 2), SMALL_WEIGHTS, many_steps)
    yield update_case("keras.optimizers.Adam in float32", ADAM, initial, steps, dialect, float32=True)


# ---- Layers.


def pull(y, d_y, variables):
    """Values of y and of its gradients for the variables, which are Theano's shared ones."""
    weighted = T.sum(y * d_y)
    return K.function([], [y, *T.grad(weighted, variables)])([])


def plain(name, described, x, function, dialect=None):
    given = K.variable(x)
    y = function(given)
    dy = d_output(K.eval(y).shape)
    output, dx = pull(y, dy, [given])
    return layer_case(f"keras {name}", described, x, dialect, output=output, d_output=dy, d_input=dx)


def conv(size, stride, padding, dialect):
    x, w = image(), kernel(*size)
    given, variable = K.variable(x), K.variable(w)
    y = K.conv2d(given, variable, stride, padding, "channels_last")
    dy = d_output(K.eval(y).shape)
    output, dx, dw = pull(y, dy, [given, variable])
    described = layer("conv2d", filters=2, kernel=size, stride=stride, padding=padding, bias=False)
    found = {"output": output, "d_output": dy, "d_input": dx, "d_kernel": dw}
    name = f"keras conv2d {size}, strides {stride}, {padding}"
    return layer_case(name, described, x, dialect, {"kernel": w}, **found)


def pools():
    dialect = {"pool.same_padding": "keras2_theano", "max_pool.ties": "each"}
    for operation, mode in (("max_pool", "max"), ("average_pool", "avg")):
        for size, stride, padding in ((2, 1, "valid"), (4, 2, "same"), (5, 3, "same"), (3, 2, "same")):
            described = layer(operation, size=[size, size], stride=[stride, stride], padding=padding)
            options = {"data_format": "channels_last", "pool_mode": mode}
            pool = lambda x, a=((size, size), (stride, stride), padding), o=options: K.pool2d(x, *a, **o)  # noqa: E731
            name = f"pool2d, {mode} of {size}, {padding}"
            x = tied_image() - 3  # all below zero, so that a padded 0 would win
            if (mode, padding) == ("avg", "same"):  # Theano 1.0.5: "padding must be zero for average_exc_pad"
                yield layer_case(f"keras {name}", described, x, dialect, output=K.eval(pool(K.variable(x))))
            else:
                yield plain(name, described, x, pool, dialect)
    yield plain(
        "pool2d of 2.0.9", described, x, average_with_padding, {**dialect, "average_pool.average_over": "window"}
    )


def average_with_padding(x):
    """keras/backend/theano_backend.py of Keras 2.0.9, pool2d of size 3 and stride 2, average, same."""
    turned = x.dimshuffle((0, 3, 1, 2))
    sums = pool_2d(turned, ws=(3, 3), stride=(2, 2), ignore_border=True, pad=(1, 1), mode="average_inc_pad")
    height, width = (turned.shape[2] + 1) // 2, (turned.shape[3] + 1) // 2
    return sums[:, :, :height, :width].dimshuffle((0, 2, 3, 1))


def activations():
    x = AT_THE_KINK.reshape(1, 5)
    middle = {"relu.slope_at_zero": "middle", "leaky_relu.slope_at_zero": "middle"}
    yield plain("relu", layer("activation", activation={"name": "relu"}), x, K.relu, middle)
    leaky = layer("activation", activation={"name": "leaky_relu", "slope": 0.25})
    yield plain("relu, alpha=.25", leaky, x, lambda x: K.relu(x, 0.25), middle)


def batch_norm():
    """epsilon over Theano's least, 1e-5."""
    x = image((2, 2, 3, 2))
    norm = keras.layers.BatchNormalization(momentum=0.75, epsilon=0.125)
    given = K.variable(x)
    with K.name_scope("norm"):
        norm.build(x.shape)
    norm.set_weights([BATCH_NORM[name] for name in ("gamma", "beta", "moving_mean", "moving_variance")])
    inference = K.eval(norm.call(given, training=False))
    y = norm.call(given, training=True)
    dy = d_output(x.shape)
    output, dx, d_gamma, d_beta = pull(y, dy, [given, norm.gamma, norm.beta])
    K.function([], [y], updates=norm.updates)([])
    found = {"output": output, "inference": inference, "d_output": dy, "d_input": dx}
    found.update(d_gamma=d_gamma, d_beta=d_beta)
    found.update(running_mean=K.get_value(norm.moving_mean), running_variance=K.get_value(norm.moving_variance))
    dialect = {"batch_norm.running_variance": "(biased + epsilon) * n / (n - 1 - epsilon)"}
    described = layer("batch_norm", momentum=0.75, epsilon=0.125)
    return layer_case("keras BatchNormalization", described, x, dialect, BATCH_NORM, **found)


def batch_norm_of_2_0_9():
    """keras/layers/normalization.py of Keras 2.0.9, call: the backend's variance goes into the running one as it is."""
    x = image((2, 2, 3, 2))
    names = ("gamma", "beta", "moving_mean", "moving_variance")
    gamma, beta, running_mean, running_variance = (K.variable(BATCH_NORM[name]) for name in names)
    y, mean, variance = K.normalize_batch_in_training(K.variable(x), gamma, beta, [0, 1, 2], epsilon=0.125)
    moves = [
        K.moving_average_update(running_mean, mean, 0.75),
        K.moving_average_update(running_variance, variance, 0.75),
    ]
    (output,) = K.function([], [y], updates=moves)([])
    found = {"running_mean": K.get_value(running_mean), "running_variance": K.get_value(running_variance)}
    described = layer("batch_norm", momentum=0.75, epsilon=0.125)
    dialect = {"batch_norm.running_variance": "biased + epsilon"}
    return layer_case("batch_norm of Keras 2.0.9", described, x, dialect, BATCH_NORM, output=output, **found)


def layers():
    flipped = {"conv2d.kernel_order": "convolution"}
    half = {**flipped, "conv2d.same_padding": "symmetric"}
    yield conv((3, 2), (1, 1), "valid", flipped)
    yield conv((3, 5), (2, 2), "same", half)
    yield conv((2, 4), (2, 1), "same", half)
    yield from pools()
    yield from activations()
    yield batch_norm()
    yield batch_norm_of_2_0_9()


def losses():
    z = K.variable(saturated_logits())
    labels = K.variable(np.array(SATURATED_LABELS)[:, None])
    for from_logits, form in ((False, "renormalised_and_clipped"), (True, "clipped")):
        outputs = z if from_logits else K.softmax(z)
        outputs._keras_shape = z._keras_shape
        value = T.mean(K.sparse_categorical_crossentropy(labels, outputs, from_logits))
        loss, gradient = K.function([], [value, T.grad(value, z)])([])
        name = f"keras sparse_categorical_crossentropy, from_logits={from_logits}"
        dialect = {"loss.cross_entropy": form}
        yield loss_case(name, "softmax_cross_entropy", saturated_logits(), SATURATED_LABELS, loss, gradient, dialect)


source = f"Keras {keras.__version__} on Theano {theano.__version__}"
if FLOAT == "float32":
    write("keras2_float32.json", source, list(float32_updates()))
else:
    write("keras2.json", source, list(updates()), list(layers()), list(losses()))
