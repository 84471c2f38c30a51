"""A wire network (docs/protocol.md) as Flax NNX modules. Layouts and names are nearly the wire's own: NHWC, HWIO."""

from functools import partial

import jax
import jax.numpy as jnp
from flax import nnx

# Flax's attribute for each parameter of the wire.
CONV_OR_DENSE = {"kernel": "kernel", "bias": "bias"}
LAYER_NORM = {"gamma": "scale", "beta": "bias"}
BATCH_NORM = {**LAYER_NORM, "moving_mean": "mean", "moving_variance": "var"}
PARAMETERS = {nnx.Conv: CONV_OR_DENSE, nnx.Linear: CONV_OR_DENSE, nnx.LayerNorm: LAYER_NORM, nnx.BatchNorm: BATCH_NORM}


class Mask(nnx.Variable):
    """A dropout mask (batch, ...) of 0 and 1."""


class MaskedDropout(nnx.Module):
    """Dropout by a given mask, set before each training step."""

    def __init__(self, rate):
        self.scale = 1 / (1 - rate)
        self.mask = Mask(jnp.ones(()))
        self.deterministic = False

    def __call__(self, x):
        return x if self.deterministic else x * self.mask[...] * self.scale


class Network(nnx.Module):
    """`layers` has modules and functions; `inputs` for each the numbers of those it takes, 0 being the input."""

    def __init__(self, layers, inputs):
        self.layers = nnx.List(layers)
        self.inputs = inputs

    def __call__(self, x):
        values = [x]
        for layer, inputs in zip(self.layers, self.inputs):
            values.append(layer(*[values[i] for i in inputs]))
        return values[-1]


def build_model(network, initialisers, rngs, controlled):
    """The model, and by layer name the module or function of each layer. `initialisers` go to conv2d and dense."""
    shapes = {"input": network["input"]}
    layers = {}
    for layer in network["layers"]:
        shape = shapes[layer["inputs"][0]]
        made = make_layer(layer, shape, initialisers, rngs, controlled)
        layers[layer["name"]] = made
        shapes[layer["name"]] = layer["output_shape"]
    numbers = {name: number for number, name in enumerate(shapes)}
    inputs = tuple(tuple(numbers[name] for name in layer["inputs"]) for layer in network["layers"])
    calls = [
        nnx.Sequential(layers[layer["name"]], activation(layer["activation"]))
        if "activation" in layer and layer["operation"] != "activation"
        else layers[layer["name"]]
        for layer in network["layers"]
    ]
    return Network(calls, inputs), layers


def make_layer(layer, shape, initialisers, rngs, controlled):
    operation = layer["operation"]
    if operation == "conv2d":
        options = {"strides": tuple(layer["stride"]), "padding": layer["padding"].upper()}
        kernel = tuple(layer["kernel"])
        return nnx.Conv(
            shape[-1], layer["filters"], kernel, use_bias=layer["bias"], rngs=rngs, **options, **initialisers
        )
    if operation == "dense":
        return nnx.Linear(shape[-1], layer["units"], use_bias=layer["bias"], rngs=rngs, **initialisers)
    if operation in ("max_pool", "average_pool"):
        return pool(layer)
    if operation == "dropout":
        return MaskedDropout(layer["rate"]) if controlled else nnx.Dropout(layer["rate"], rngs=rngs)
    if operation in ("batch_norm", "layer_norm"):
        options = {word: layer[word] for word in ("momentum", "epsilon") if word in layer}
        norm = nnx.BatchNorm if operation == "batch_norm" else nnx.LayerNorm
        return norm(shape[-1], rngs=rngs, **options)
    if operation == "activation":
        return activation(layer["activation"])
    return {"flatten": flatten, "global_average_pool": global_average_pool, "add": add, "concatenate": concatenate}[
        operation
    ]


def pool(layer):
    window = {"window_shape": tuple(layer["size"]), "strides": tuple(layer["stride"])}
    if layer["operation"] == "max_pool":
        return partial(nnx.max_pool, padding=layer["padding"].upper(), **window)
    return partial(nnx.avg_pool, padding=layer["padding"].upper(), count_include_pad=False, **window)


def activation(wanted):
    name = wanted["name"]
    if name == "leaky_relu":
        return partial(nnx.leaky_relu, **({"negative_slope": wanted["slope"]} if "slope" in wanted else {}))
    if name == "gelu":
        return partial(nnx.gelu, **({"approximate": wanted["approximate"]} if "approximate" in wanted else {}))
    return {"relu": nnx.relu, "tanh": nnx.tanh, "sigmoid": nnx.sigmoid}[name]


def flatten(x):
    return x.reshape(x.shape[0], -1)


def global_average_pool(x):
    return x.mean(axis=(1, 2))


def add(*inputs):
    return sum(inputs[1:], start=inputs[0])


def concatenate(*inputs):
    return jnp.concatenate(inputs, axis=-1)


def parameters(layers):
    """{wire name: nnx.Variable} of every parameter. The variables are the model's own."""
    return {
        f"{name}/{word}": getattr(module, attribute)
        for name, module in layers.items()
        for word, attribute in PARAMETERS.get(type(module), {}).items()
        if getattr(module, attribute) is not None
    }


def set_mask(module, mask):
    module.mask.set_value(jax.numpy.asarray(mask, jnp.float32))
