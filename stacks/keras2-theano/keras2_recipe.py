"""The study's optimizer and loss in Keras 2's words."""

import keras
from plumbline_worker import Unsupported

# Optimizer: Keras's class, the study's words that it knows, and what it has built in without a word for it.
_OPTIMIZERS = {
    "sgd": ("SGD", ("learning_rate", "momentum", "nesterov"), {}),
    "adam": ("Adam", ("learning_rate", "beta_1", "beta_2", "epsilon"), {}),
    "rmsprop": ("RMSprop", ("learning_rate", "rho", "epsilon"), {"momentum": 0.0}),
    "adagrad": ("Adagrad", ("learning_rate", "epsilon"), {"initial_accumulator": 0.0}),
    "adadelta": ("Adadelta", ("learning_rate", "rho", "epsilon"), {}),
}


def make_optimizer(description):
    """The optimizer, the coupled weight decay (0 for none) and the settings, read off the optimizer."""
    given = dict(description)
    name = given.pop("name")
    weight_decay = given.pop("weight_decay", 0.0)
    if name not in _OPTIMIZERS:
        raise Unsupported(f"Keras {keras.__version__} has no {name}.")
    class_name, words, built_in = _OPTIMIZERS[name]
    for word in set(given) - set(words):
        if given.pop(word) != built_in.get(word):
            raise Unsupported(f"{class_name} of Keras {keras.__version__} has no {word}.")
    optimizer = getattr(keras.optimizers, class_name)(**given)
    config = optimizer.get_config()
    settings = {"optimizer.name": f"keras.optimizers.{class_name}", "optimizer.weight_decay": weight_decay}
    settings.update({f"optimizer.{word}": value for word, value in built_in.items()})
    settings.update({f"optimizer.{word}": config[word] for word in words})
    if weight_decay:
        settings["optimizer.weight_decay.by"] = "l2 regularizers; the loss of fit includes their penalty"
    return optimizer, weight_decay, settings


def make_loss(name):
    """The loss, the same without regularizers as a metric, and the settings."""
    if name == "mean_squared_error":
        return keras.losses.MeanSquaredError(), keras.metrics.MeanSquaredError(), {}
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    metric = keras.metrics.SparseCategoricalCrossentropy(from_logits=True)
    return loss, metric, {"loss.from_logits": True, "loss.clip": keras.backend.epsilon()}
