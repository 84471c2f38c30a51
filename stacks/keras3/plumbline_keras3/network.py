"""The study's network in Keras's functional API."""

import inspect

import keras
from keras import layers
from plumbline_worker import Unsupported

_INITIALISERS = {
    "zeros": "Zeros",
    "constant": "Constant",
    "normal": "RandomNormal",
    "truncated_normal": "TruncatedNormal",
    "glorot_uniform": "GlorotUniform",
    "glorot_normal": "GlorotNormal",
    "he_uniform": "HeUniform",
    "he_normal": "HeNormal",
    "lecun_uniform": "LecunUniform",
    "lecun_normal": "LecunNormal",
}


def initialiser(description):
    numbers = {word: value for word, value in description.items() if word != "name"}
    return getattr(keras.initializers, _INITIALISERS[description["name"]])(**numbers)


def make_layers(network, recipe, weight_decay):
    """Keras layers by name, not yet connected."""
    maker = _LayerMaker(network, recipe, weight_decay)
    return {layer["name"]: maker.make(layer) for layer in network["layers"]}


def connect(network, made, with_masks=False):
    """A model over the layers. With masks, each dropout layer's mask is a further input, `mask_<layer>`."""
    values = {"input": keras.Input(network["input"], name="input")}
    inputs = dict(values)
    for layer in network["layers"]:
        arguments = [values[name] for name in layer["inputs"]]
        if with_masks and layer["operation"] == "dropout":
            name = f"mask_{layer['name']}"
            inputs[name] = keras.Input(layer["output_shape"], name=name)
            kept = layers.Multiply()([arguments[0], inputs[name]])
            values[layer["name"]] = layers.Rescaling(1.0 / (1.0 - layer["rate"]), name=layer["name"])(kept)
        else:
            is_merge = layer["operation"] in ("add", "concatenate")
            values[layer["name"]] = made[layer["name"]](arguments if is_merge else arguments[0])
    output = values[network["layers"][-1]["name"]]
    return keras.Model(inputs if with_masks else values["input"], output)


class _LayerMaker:
    """Gives Keras only what the study names; the rest is Keras's to choose."""

    def __init__(self, network, recipe, weight_decay):
        self._weights = recipe.get("weights", {"name": "checkpoint"})
        self._biases = recipe.get("biases")
        self._weight_decay = weight_decay
        self._shapes = {layer["name"]: layer["output_shape"] for layer in network["layers"]}
        self._shapes["input"] = network["input"]

    def make(self, layer):
        return getattr(self, "_" + layer["operation"])(layer)

    def _parameters(self, *words):
        """Initialisers and regularizers. Each layer needs initialisers of its own: a shared one repeats its numbers."""
        options = {}
        if self._weights["name"] != "checkpoint" and "kernel" in words:
            options["kernel_initializer"] = initialiser(self._weights)
        if self._biases and "bias" in words:
            options["bias_initializer"] = initialiser(self._biases)
        if self._weight_decay:
            # L2(c) adds c * sum(w^2) to the loss, so c = decay / 2 adds decay * w to the gradient.
            options.update({word + "_regularizer": keras.regularizers.L2(self._weight_decay / 2) for word in words})
        return options

    def _conv2d(self, layer):
        return layers.Conv2D(
            layer["filters"],
            layer["kernel"],
            strides=layer["stride"],
            padding=layer["padding"],
            use_bias=layer["bias"],
            activation=_activation_of(layer),
            name=layer["name"],
            **self._parameters("kernel", "bias"),
        )

    def _dense(self, layer):
        return layers.Dense(
            layer["units"],
            use_bias=layer["bias"],
            activation=_activation_of(layer),
            name=layer["name"],
            **self._parameters("kernel", "bias"),
        )

    def _max_pool(self, layer):
        return layers.MaxPooling2D(layer["size"], layer["stride"], layer["padding"], name=layer["name"])

    def _average_pool(self, layer):
        if keras.backend.backend() == "torch" and self._pads_unevenly(layer):
            raise Unsupported(
                f"Keras on PyTorch repeats the border where the average pooling of {layer['name']} pads unevenly."
            )
        return layers.AveragePooling2D(layer["size"], layer["stride"], layer["padding"], name=layer["name"])

    def _pads_unevenly(self, layer):
        extents = self._shapes[layer["inputs"][0]]
        totals = [
            max((layer["output_shape"][axis] - 1) * layer["stride"][axis] + layer["size"][axis] - extents[axis], 0)
            for axis in (0, 1)
        ]
        return layer["padding"] == "same" and any(total % 2 for total in totals)

    def _global_average_pool(self, layer):
        return layers.GlobalAveragePooling2D(name=layer["name"])

    def _flatten(self, layer):
        return layers.Flatten(name=layer["name"])

    def _add(self, layer):
        return layers.Add(name=layer["name"])

    def _concatenate(self, layer):
        return layers.Concatenate(name=layer["name"])

    def _dropout(self, layer):
        return layers.Dropout(layer["rate"], name=layer["name"])

    def _batch_norm(self, layer):
        given = {word: layer[word] for word in ("momentum", "epsilon") if word in layer}
        return layers.BatchNormalization(name=layer["name"], **given, **self._parameters("gamma", "beta"))

    def _layer_norm(self, layer):
        given = {word: layer[word] for word in ("epsilon",) if word in layer}
        return layers.LayerNormalization(name=layer["name"], **given, **self._parameters("gamma", "beta"))

    def _activation(self, layer):
        activation = layer["activation"]
        if activation["name"] == "leaky_relu":
            given = {"negative_slope": activation["slope"]} if "slope" in activation else {}
            return layers.LeakyReLU(name=layer["name"], **given)
        return layers.Activation(_activation_of(layer), name=layer["name"])


def _activation_of(layer):
    """Keras's name of the activation, or a function where the study names its number."""
    activation = layer.get("activation")
    if activation is None:
        return None
    if "slope" in activation:
        return lambda x: keras.activations.leaky_relu(x, negative_slope=activation["slope"])
    if "approximate" in activation:
        return lambda x: keras.activations.gelu(x, approximate=activation["approximate"])
    return activation["name"]


def settings_of(network, made):
    """What the layers really use, read off them."""
    settings = {}
    for layer in network["layers"]:
        name = layer["name"]
        keras_layer = made[name]
        config = keras_layer.get_config()
        settings.update({f"{name}.{word}": config[word] for word in ("momentum", "epsilon") if word in config})
        if layer["operation"] == "batch_norm":
            settings[f"{name}.running_variance"] = "biased"
        for parameter in ("kernel", "bias"):
            if getattr(keras_layer, parameter, None) is not None:
                made_by = getattr(keras_layer, parameter + "_initializer")
                settings[f"{name}.{parameter}.initialiser"] = _described(made_by)
        if "activation" in layer:
            settings.update(_activation_settings(name, layer["activation"], keras_layer))
    return settings


def _described(made_by):
    numbers = {word: value for word, value in made_by.get_config().items() if word != "seed"}
    return f"{type(made_by).__name__}({', '.join(f'{word}={value}' for word, value in numbers.items())})"


def _activation_settings(name, activation, keras_layer):
    if activation["name"] == "leaky_relu":
        default = inspect.signature(keras.activations.leaky_relu).parameters["negative_slope"].default
        slope = getattr(keras_layer, "negative_slope", activation.get("slope", default))
        return {name + ".slope": slope}
    if activation["name"] == "gelu":
        default = inspect.signature(keras.activations.gelu).parameters["approximate"].default
        return {name + ".approximate": activation.get("approximate", default)}
    return {}
