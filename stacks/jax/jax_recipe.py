"""Initialisers, optimizers and losses of a wire recipe (docs/protocol.md) in JAX's and Optax's own functions."""

import inspect

import jax
import optax
from flax import nnx
from jax.nn import initializers
from plumbline_worker import Unsupported

WITHOUT_FAN = ("zeros", "constant", "normal", "truncated_normal")
# Optax's argument for each word of the wire, where they differ.
OPTAX_WORDS = {
    "sgd": {},
    "adam": {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"},
    "adamw": {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"},
    "rmsprop": {"rho": "decay", "epsilon": "eps"},
    "adagrad": {"epsilon": "eps", "initial_accumulator": "initial_accumulator_value"},
    "adadelta": {"epsilon": "eps"},
}


def make_initialiser(wanted):
    name = wanted["name"]
    if name == "zeros":
        return initializers.zeros
    if name == "constant":
        return initializers.constant(wanted["value"])
    if name in ("normal", "truncated_normal"):
        draw = getattr(initializers, name)(wanted["stddev"])
        return lambda *arguments, **options: wanted["mean"] + draw(*arguments, **options)
    return getattr(initializers, name)()


def make_initialisers(recipe):
    """The options of nnx.Conv and nnx.Linear that the recipe asks for."""
    options = {}
    if recipe.get("weights", {"name": "checkpoint"})["name"] != "checkpoint":
        options["kernel_init"] = make_initialiser(recipe["weights"])
    if "biases" in recipe:
        if recipe["biases"]["name"] not in WITHOUT_FAN:
            raise Unsupported(f"jax.nn.initializers has no {recipe['biases']['name']} for biases, which have no fan.")
        options["bias_init"] = make_initialiser(recipe["biases"])
    return options


def default_initialiser(module_type, argument):
    """What Flax takes where it is given nothing, from the signature; a variance_scaling tells its numbers."""
    initialiser = inspect.signature(module_type.__init__).parameters[argument].default
    numbers = inspect.getclosurevars(initialiser).nonlocals
    if "distribution" not in numbers:
        return initialiser.__name__
    return "variance_scaling({scale}, {mode}, {distribution})".format(**numbers)


def make_optimizer(wanted):
    """The Optax transformation, and the settings it was made with, the signature's defaults among them."""
    name = wanted["name"]
    make = getattr(optax, name)
    words = {word: OPTAX_WORDS[name].get(word, word) for word in wanted if word != "name"}
    options = {optax_word: wanted[word] for word, optax_word in words.items()}
    coupled = options.pop("weight_decay", None) if name != "adamw" else None
    if options.get("learning_rate") is None:
        raise Unsupported(f"optax.{name} has no default learning_rate; the recipe must name one.")
    arguments = inspect.signature(make).bind(**options)
    arguments.apply_defaults()
    transformation = make(**options)
    settings = {"optimizer.function": f"optax.{name}", **optimizer_settings(name, arguments.arguments)}
    if coupled is not None:
        transformation = optax.chain(optax.add_decayed_weights(coupled), transformation)
    if name != "adamw":
        settings["optimizer.weight_decay"] = coupled or 0.0
    return transformation, settings


def optimizer_settings(name, arguments):
    wire_words = {optax_word: word for word, optax_word in OPTAX_WORDS[name].items()}
    settings = {f"optimizer.{wire_words.get(word, word)}": value for word, value in arguments.items()}
    if "optimizer.momentum" in settings:
        settings["optimizer.momentum"] = settings["optimizer.momentum"] or 0.0  # None: there is no momentum
    return settings


def make_loss(name, classes):
    """loss(model, images, labels), the mean over the batch, and for mean_squared_error over the outputs too."""

    def softmax_cross_entropy(model, images, labels):
        return optax.softmax_cross_entropy_with_integer_labels(model(images), labels).mean()

    def mean_squared_error(model, images, labels):
        return optax.squared_error(model(images), jax.nn.one_hot(labels, classes)).mean()

    return {"softmax_cross_entropy": softmax_cross_entropy, "mean_squared_error": mean_squared_error}[name]


def make_train_step(loss):
    """train_step(model, optimizer, images, labels, indices): a step on the images of these indices. Gives the loss."""

    @nnx.jit
    def train_step(model, optimizer, images, labels, indices):
        value, gradients = nnx.value_and_grad(loss)(model, images[indices], labels[indices])
        optimizer.update(model, gradients)
        return value

    return train_step
