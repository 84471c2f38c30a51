"""What optimizers remember, in the words of docs/protocol.md: m, v, velocity, accumulator, s."""

from collections import namedtuple

import numpy as np

# `word` is the protocol's, `own` the framework's. Some frameworks keep a velocity that the learning rate has gone into:
# with `over_rate` 1 the protocol's is own / learning rate, with -1 it is -own / learning rate, with 0 it is their own.
Slot = namedtuple("Slot", ["word", "own", "over_rate"])


def slot(word, own, over_rate=0):
    return Slot(word, own, over_rate)


# By the optimizer's class. torch.optim and torch::optim, 2.13: the keys of `state`.
TORCH = {
    "SGD": [slot("velocity", "momentum_buffer")],
    "Adam": [slot("m", "exp_avg"), slot("v", "exp_avg_sq")],
    "AdamW": [slot("m", "exp_avg"), slot("v", "exp_avg_sq")],
    "RMSprop": [slot("v", "square_avg"), slot("velocity", "momentum_buffer")],
    "Adagrad": [slot("accumulator", "sum")],
    "Adadelta": [slot("v", "square_avg"), slot("s", "acc_delta")],
}
# Keras 3.15: the optimizer's lists of variables.
KERAS = {
    "SGD": [slot("velocity", "momentums", -1)],  # momentum * own - learning_rate * g
    "Adam": [slot("m", "_momentums"), slot("v", "_velocities")],
    "AdamW": [slot("m", "_momentums"), slot("v", "_velocities")],
    "RMSprop": [slot("v", "_velocities"), slot("velocity", "_momentums", 1)],
    "Adagrad": [slot("accumulator", "_accumulators")],
    "Adadelta": [slot("v", "_accumulated_grads"), slot("s", "_accumulated_delta_vars")],
}
# Keras 2.3.1: the lists of variables that an optimizer's `weights` are made of, after `iterations`.
KERAS_2 = {
    "SGD": [slot("velocity", "moments", -1)],
    "Adam": [slot("m", "ms"), slot("v", "vs")],
    "RMSprop": [slot("v", "accumulators")],
    "Adagrad": [slot("accumulator", "accumulators")],
    "Adadelta": [slot("v", "accumulators"), slot("s", "delta_accumulators")],
}
# tf.compat.v1.train, 2.21: the names of `get_slot`.
TENSORFLOW_V1 = {
    "MomentumOptimizer": [slot("velocity", "momentum")],
    "AdamOptimizer": [slot("m", "m"), slot("v", "v")],
    "RMSPropOptimizer": [slot("v", "rms"), slot("velocity", "momentum", 1)],
    "AdagradOptimizer": [slot("accumulator", "accumulator")],
    "AdadeltaOptimizer": [slot("v", "accum"), slot("s", "accum_update")],
}
# Optax 0.2.8: the fields of the states in a chain, by the function that made it.
OPTAX = {
    "sgd": [slot("velocity", "trace")],
    "adam": [slot("m", "mu"), slot("v", "nu")],
    "adamw": [slot("m", "mu"), slot("v", "nu")],
    "rmsprop": [slot("v", "nu"), slot("velocity", "trace", -1)],  # its trace comes after scale_by_learning_rate
    "adagrad": [slot("accumulator", "sum_of_squares")],
    "adadelta": [slot("v", "e_g"), slot("s", "e_x")],
}


def canonical_slot(slot, own, learning_rate=None):
    """The slot as the protocol means it; one that has to be converted in float64, so that nothing is lost."""
    if slot.over_rate == 0:
        return np.array(own)
    return slot.over_rate * np.asarray(own, np.float64) / float(learning_rate)


def described_slots(slots):
    """{the protocol's word: what the framework holds, and what was made of it}"""
    forms = {0: "{}", 1: "{} / learning rate, in float64", -1: "-{} / learning rate, in float64"}
    return {slot.word: forms[slot.over_rate].format(slot.own.lstrip("_")) for slot in slots}
