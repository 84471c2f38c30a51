"""The study's network in Keras 2's functional API."""

import keras
import numpy as np
from keras import layers
from plumbline_worker import Unsupported

_INITIALISERS = {
    "zeros": "Zeros",
    "constant": "Constant",
    "normal": "RandomNormal",
    "truncated_normal": "TruncatedNormal",
}


def to_canonical(array):
    """Theano's conv2d flips its kernels, so Keras on Theano holds them flipped. Its own inverse."""
    return array[::-1, ::-1].copy() if array.ndim == 4 else array


def initialiser(description):
    numbers = {word: value for word, value in description.items() if word != "name"}
    name = description["name"]
    return getattr(keras.initializers, _INITIALISERS.get(name, name))(**numbers)


def make_layers(network, recipe, weight_decay):
    """Keras layers by name, not yet connected."""
    maker = _LayerMaker(network, recipe, weight_decay)
    return {layer["name"]: maker.make(layer) for layer in network["layers"]}


def connect(network, made, with_masks=False, see=lambda layer, value: value):
    """A model over the layers. With masks, each dropout layer's mask is a further input, `mask_<layer>`.

    `see` is given each layer's output by the layer's name, and of a layer with an activation by "<layer>/linear" what
    goes into that.
    """
    values = {"input": layers.Input(network["input"], name="input")}
    inputs = [values["input"]]
    for layer in network["layers"]:
        arguments = [values[name] for name in layer["inputs"]]
        if with_masks and layer["operation"] == "dropout":
            inputs.append(layers.Input(layer["output_shape"], name=f"mask_{layer['name']}"))
            kept = layers.Multiply()([arguments[0], inputs[-1]])
            scale = 1.0 / (1.0 - layer["rate"])
            values[layer["name"]] = layers.Lambda(lambda x, scale=scale: x * scale)(kept)
        else:
            is_merge = layer["operation"] in ("add", "concatenate")
            given = arguments if is_merge else arguments[0]
            values[layer["name"]] = _apply(layer, made[layer["name"]], given, see)
        see(layer["name"], values[layer["name"]])
    return keras.models.Model(inputs, values[network["layers"][-1]["name"]])


def _apply(layer, keras_layer, x, see):
    padding = getattr(keras_layer, "explicit_padding", None)
    if padding:
        x = layers.ZeroPadding2D(padding)(x)
    if layer["operation"] == "activation" or "activation" not in layer:
        return keras_layer(x)
    linear = layer["name"] + "/linear"
    if layer["activation"]["name"] == "leaky_relu":
        x = keras_layer(x)
        see(linear, x)
        return _leaky_relu(layer["activation"])(x)
    activation = keras_layer.activation
    keras_layer.activation = lambda x: activation(see(linear, x))
    x = keras_layer(x)
    keras_layer.activation = activation
    return x


def _leaky_relu(activation, **options):
    if "slope" in activation:
        options["alpha"] = activation["slope"]
    return layers.LeakyReLU(**options)


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
        options = {}
        if self._weights["name"] != "checkpoint" and "kernel" in words:
            options["kernel_initializer"] = initialiser(self._weights)
        if self._biases and "bias" in words:
            options["bias_initializer"] = initialiser(self._biases)
        if self._weight_decay:
            # l2(c) adds c * sum(w^2) to the loss, so c = decay / 2 adds decay * w to the gradient.
            options.update({word + "_regularizer": keras.regularizers.l2(self._weight_decay / 2) for word in words})
        return options

    def _same_padding(self, layer, window):
        """TensorFlow's amounts, ((top, bottom), (left, right)) (docs/protocol.md)."""
        amounts = []
        for axis, extent in enumerate(self._shapes[layer["inputs"][0]][:2]):
            count = layer["output_shape"][axis]
            total = max((count - 1) * layer["stride"][axis] + window[axis] - extent, 0)
            amounts.append((total // 2, total - total // 2))
        return tuple(amounts)

    def _conv2d(self, layer):
        padding, explicit_padding = layer["padding"], None
        if padding == "same":
            amounts = self._same_padding(layer, layer["kernel"])
            # On Theano "same" is half the kernel on both sides. For the rest a layer pads, as in Keras's own ResNet.
            if amounts != tuple((size // 2, size // 2) for size in layer["kernel"]):
                padding, explicit_padding = "valid", amounts
        made = layers.Conv2D(
            layer["filters"],
            layer["kernel"],
            strides=layer["stride"],
            padding=padding,
            use_bias=layer["bias"],
            activation=_activation_of(layer),
            name=layer["name"],
            **self._parameters("kernel", "bias"),
        )
        made.explicit_padding = explicit_padding
        return made

    def _dense(self, layer):
        return layers.Dense(
            layer["units"],
            use_bias=layer["bias"],
            activation=_activation_of(layer),
            name=layer["name"],
            **self._parameters("kernel", "bias"),
        )

    def _pool_padding(self, layer):
        if layer["padding"] == "valid":
            return "valid"
        amounts = self._same_padding(layer, layer["size"])
        if amounts == ((0, 0), (0, 0)):
            return "valid"
        if layer["operation"] == "average_pool":
            raise Unsupported(f"Theano has no gradient for the padded average pooling of {layer['name']}.")
        # Keras's Theano backend starts its windows size - 1 places early, size - 2 for odd sizes over 2.
        if all(size in (1, 3) and before == size // 2 for size, (before, _) in zip(layer["size"], amounts)):
            return "same"
        raise Unsupported(
            f"Keras 2 on Theano pads the max pooling of {layer['name']} by other amounts than the protocol."
        )

    def _max_pool(self, layer):
        return layers.MaxPooling2D(layer["size"], layer["stride"], self._pool_padding(layer), name=layer["name"])

    def _average_pool(self, layer):
        return layers.AveragePooling2D(layer["size"], layer["stride"], self._pool_padding(layer), name=layer["name"])

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
        if np.float32(given.get("epsilon", 1)) < 1e-5:  # Theano compares so, and float32's 1e-5 is a little less
            raise Unsupported(f"Theano wants an epsilon over 1e-5 for the batch normalisation of {layer['name']}.")
        return layers.BatchNormalization(name=layer["name"], **given, **self._parameters("gamma", "beta"))

    def _layer_norm(self, layer):
        raise Unsupported("Keras 2.3.1 has no layer normalisation.")

    def _activation(self, layer):
        if layer["activation"]["name"] == "leaky_relu":
            return _leaky_relu(layer["activation"], name=layer["name"])
        return layers.Activation(_activation_of(layer), name=layer["name"])


def _activation_of(layer):
    """Keras's name; leaky_relu is a layer of its own in Keras 2."""
    name = layer.get("activation", {"name": "leaky_relu"})["name"]
    if name == "gelu":
        raise Unsupported("Keras 2.3.1 has no gelu.")
    return None if name == "leaky_relu" else name


def settings_of(network, made):
    """What the layers really use, read off them."""
    settings = {}
    for layer in network["layers"]:
        name = layer["name"]
        config = made[name].get_config()
        settings.update({f"{name}.{word}": config[word] for word in ("momentum", "epsilon") if word in config})
        if layer["operation"] == "batch_norm":
            # BatchNormalization.call, with theano_backend.normalize_batch_in_training, which gives 1 / stdinv^2
            settings[name + ".running_variance"] = "(biased + epsilon) * n / (n - 1 - epsilon)"
        for parameter in ("kernel", "bias"):
            if getattr(made[name], parameter, None) is not None:
                made_by = getattr(made[name], parameter + "_initializer")
                settings[f"{name}.{parameter}.initialiser"] = _described(made_by)
        if layer.get("activation", {}).get("name") == "leaky_relu":
            slope = _leaky_relu(layer["activation"]).get_config()["alpha"]
            settings[name + ".slope"] = float(slope)
    return settings


def _described(made_by):
    numbers = {word: value for word, value in made_by.get_config().items() if word != "seed"}
    return f"{type(made_by).__name__}({', '.join(f'{word}={value}' for word, value in numbers.items())})"
