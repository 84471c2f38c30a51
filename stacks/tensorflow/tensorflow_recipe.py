"""The study's optimizer and loss in TensorFlow's words."""

import tensorflow as tf
from plumbline_worker import Unsupported

_V1 = tf.compat.v1.train
# Optimizer: class, the class's word for each of the study's, and what the class has built in without a word for it.
_OPTIMIZERS = {
    "sgd": (
        _V1.GradientDescentOptimizer,
        {"learning_rate": "learning_rate"},
        {"momentum": 0.0, "nesterov": False},
    ),
    "momentum": (
        _V1.MomentumOptimizer,
        {"learning_rate": "learning_rate", "momentum": "momentum", "nesterov": "use_nesterov"},
        {},
    ),
    "adam": (
        _V1.AdamOptimizer,
        {"learning_rate": "learning_rate", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "epsilon"},
        {},
    ),
    "rmsprop": (
        _V1.RMSPropOptimizer,
        {"learning_rate": "learning_rate", "rho": "decay", "momentum": "momentum", "epsilon": "epsilon"},
        {"initial_accumulator": 1.0},
    ),
    "adagrad": (
        _V1.AdagradOptimizer,
        {"learning_rate": "learning_rate", "initial_accumulator": "initial_accumulator_value"},
        {"epsilon": 0.0},
    ),
    "adadelta": (_V1.AdadeltaOptimizer, {"learning_rate": "learning_rate", "rho": "rho", "epsilon": "epsilon"}, {}),
    # Never in tf.train.
    "adamw": (
        tf.keras.optimizers.AdamW,
        {word: word for word in ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")},
        {},
    ),
}
_WITHOUT_DEFAULT_RATE = ("sgd", "momentum", "rmsprop", "adagrad")


def make_optimizer(description):
    """The optimizer, the coupled weight decay (0 for none) and the settings, read off the optimizer."""
    given = dict(description)
    name = given.pop("name")
    weight_decay = given.pop("weight_decay", 0.0) if name != "adamw" else 0.0
    if name == "sgd" and given.get("momentum", 0.0) != 0.0:
        name = "momentum"
    kind, words, built_in = _OPTIMIZERS[name]
    arguments = {}
    for word, value in given.items():
        if word in words:
            arguments[words[word]] = value
        elif name != "sgd" and value != built_in.get(word):
            raise Unsupported(f"TensorFlow's {kind.__name__} has no {word}.")
    if name in _WITHOUT_DEFAULT_RATE and "learning_rate" not in given:
        raise Unsupported(f"TensorFlow's {kind.__name__} has no default learning rate; the study must name one.")
    optimizer = kind(**arguments)
    module = "tf.keras.optimizers" if name == "adamw" else "tf.compat.v1.train"
    settings = {"optimizer.name": f"{module}.{kind.__name__}"}
    settings.update({f"optimizer.{word}": value for word, value in built_in.items()})
    settings.update({f"optimizer.{word}": _setting(optimizer, argument) for word, argument in words.items()})
    settings.setdefault("optimizer.weight_decay", weight_decay)
    return optimizer, weight_decay, settings


def _setting(optimizer, argument):
    if hasattr(optimizer, "get_config"):
        return optimizer.get_config()[argument]
    attribute = "_" + argument
    return getattr(optimizer, attribute) if hasattr(optimizer, attribute) else optimizer._lr


def make_loss(name, classes):
    """The batch's mean loss as a function of outputs and integer labels."""

    def softmax_cross_entropy(outputs, labels):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=outputs)
        return tf.reduce_mean(losses)

    def mean_squared_error(outputs, labels):
        return tf.reduce_mean(tf.math.squared_difference(outputs, tf.one_hot(labels, classes)))

    return {"softmax_cross_entropy": softmax_cross_entropy, "mean_squared_error": mean_squared_error}[name]
