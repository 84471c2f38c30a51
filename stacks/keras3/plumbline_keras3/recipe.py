"""The study's optimizer and loss in Keras's words."""

import keras
from plumbline_worker import Unsupported

# Optimizer: Keras's class and the study's words that it knows.
_OPTIMIZERS = {
    "sgd": ("SGD", ("learning_rate", "momentum", "nesterov")),
    "adam": ("Adam", ("learning_rate", "beta_1", "beta_2", "epsilon")),
    "adamw": ("AdamW", ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")),
    "rmsprop": ("RMSprop", ("learning_rate", "rho", "momentum", "epsilon")),
    "adagrad": ("Adagrad", ("learning_rate", "initial_accumulator", "epsilon")),
    "adadelta": ("Adadelta", ("learning_rate", "rho", "epsilon")),
}
_KERAS_WORDS = {"initial_accumulator": "initial_accumulator_value"}


def make_optimizer(description):
    """The optimizer, the coupled weight decay (0 for none) and the settings, read off the optimizer.

    Keras's own `weight_decay` is decoupled in every optimizer, so only AdamW may have it.
    """
    given = dict(description)
    name = given.pop("name")
    weight_decay = given.pop("weight_decay", 0.0) if name != "adamw" else 0.0
    class_name, words = _OPTIMIZERS[name]
    unknown = sorted(set(given) - set(words))
    if unknown:
        raise Unsupported(f"Keras's {class_name} has no {' and no '.join(unknown)}.")
    arguments = {_KERAS_WORDS.get(word, word): _plain(value) for word, value in given.items()}
    optimizer = getattr(keras.optimizers, class_name)(**arguments)
    config = optimizer.get_config()
    settings = {f"optimizer.{word}": config[_KERAS_WORDS.get(word, word)] for word in words}
    settings["optimizer.name"] = f"keras.optimizers.{class_name}"
    if name != "adamw":
        settings["optimizer.weight_decay"] = weight_decay
    if weight_decay:
        settings["optimizer.weight_decay.by"] = "L2 regularizers; the loss of fit includes their penalty"
    return optimizer, weight_decay, settings


def _plain(value):
    """Keras insists on a float where JSON may have brought an integer."""
    return value if isinstance(value, bool) else float(value)


def make_loss(name):
    """The loss, the same without regularizers as a metric named data_loss, and the settings."""
    if name == "mean_squared_error":
        return keras.losses.MeanSquaredError(), keras.metrics.MeanSquaredError("data_loss"), {}
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    metric = keras.metrics.SparseCategoricalCrossentropy("data_loss", from_logits=True)
    return loss, metric, {"loss.from_logits": loss.get_config()["from_logits"]}
