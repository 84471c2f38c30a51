"""The study's network as tf.Variables and calls of tf.nn, as one writes it without Keras."""

import inspect

import tensorflow as tf
from plumbline_worker import nodes_of

# tf.nn has no default initialisers. These are those of TensorFlow's own tutorial "Deep MNIST for Experts" (1.4, 2017).
TUTORIAL_WEIGHTS = {"name": "truncated_normal", "mean": 0.0, "stddev": 0.1}
TUTORIAL_BIASES = {"name": "constant", "value": 0.1}


def initialiser(description):
    v1 = tf.compat.v1.initializers
    name = description["name"]
    if name == "zeros":
        return v1.zeros()
    if name == "constant":
        return v1.constant(description["value"])
    if name in ("normal", "truncated_normal"):
        kind = v1.random_normal if name == "normal" else v1.truncated_normal
        return kind(description["mean"], description["stddev"])
    return getattr(v1, name)()


def default_of(function, parameter):
    """What the installed function takes for a parameter that is left out."""
    return inspect.signature(function).parameters[parameter].default


class Network:
    """Layers as methods; parameters as `variables` under their canonical names."""

    def __init__(self, network, recipe):
        self.layers = network["layers"]
        self.settings = {}
        self.variables = {}
        self._weights = TUTORIAL_WEIGHTS
        if recipe.get("weights", {"name": "checkpoint"})["name"] != "checkpoint":
            self._weights = recipe["weights"]
        self._biases = recipe.get("biases", TUTORIAL_BIASES)
        self._shapes = {"input": network["input"]}
        self._normalisations = {}
        for layer in self.layers:
            self._make_variables(layer, self._shapes[layer["inputs"][0]])
            self._shapes[layer["name"]] = layer["output_shape"]
        self.trainable = [variable for variable in self.variables.values() if variable.trainable]

    def __call__(self, images, training, masks=None):
        """Outputs of the last layer. `masks`, by name of the dropout layer, replace the random ones."""
        return self.outputs(images, training, masks)[self.layers[-1]["name"]]

    def outputs(self, images, training, masks=None):
        """Outputs of all operations by name (docs/protocol.md), and "input"."""
        values = {"input": images}
        for layer in self.layers:
            apply = getattr(self, "_" + layer["operation"])
            inputs = [values[name] for name in layer["inputs"]]
            before, *_ = names = nodes_of(layer)
            values[before] = apply(layer, inputs, training, masks)
            values[names[-1]] = self._activate(layer.get("activation"), values[before])
        return values

    def _make_variables(self, layer, shape):
        operation = layer["operation"]
        if operation == "conv2d":
            self._make_kernel_and_bias(layer, [*layer["kernel"], shape[-1], layer["filters"]])
        elif operation == "dense":
            self._make_kernel_and_bias(layer, [shape[-1], layer["units"]])
        elif operation in ("batch_norm", "layer_norm"):
            self._make_normalisation(layer, shape[-1])
        if "activation" in layer:
            self._complete_activation(layer["name"], layer["activation"])

    def _make_kernel_and_bias(self, layer, shape):
        self._make(layer["name"], "kernel", shape, self._weights)
        if layer["bias"]:
            self._make(layer["name"], "bias", shape[-1:], self._biases)

    def _make_normalisation(self, layer, channels):
        name = layer["name"]
        self._make(name, "gamma", [channels], {"name": "constant", "value": 1.0})
        self._make(name, "beta", [channels], {"name": "zeros"})
        is_batch = layer["operation"] == "batch_norm"
        # tf.nn asks for epsilon and has no running averages; the defaults are those of TensorFlow's layers.
        layer_class = tf.keras.layers.BatchNormalization if is_batch else tf.keras.layers.LayerNormalization
        used = {"epsilon": layer.get("epsilon", default_of(layer_class, "epsilon"))}
        if is_batch:
            self._make(name, "moving_mean", [channels], {"name": "zeros"}, trainable=False)
            self._make(name, "moving_variance", [channels], {"name": "constant", "value": 1.0}, trainable=False)
            used["momentum"] = layer.get("momentum", default_of(layer_class, "momentum"))
            self.settings[name + ".running_variance"] = "biased"
        self._normalisations[name] = used
        self.settings.update({f"{name}.{setting}": value for setting, value in used.items()})

    def _make(self, layer_name, parameter, shape, description, trainable=True):
        name = f"{layer_name}/{parameter}"
        made_by = initialiser(description)
        self.variables[name] = tf.Variable(made_by(shape, tf.float32), trainable=trainable, name=name)
        if parameter in ("kernel", "bias"):
            config = {key: value for key, value in made_by.get_config().items() if key not in ("seed", "dtype")}
            text = ", ".join(f"{key}={value}" for key, value in config.items())
            self.settings[f"{layer_name}.{parameter}.initialiser"] = f"{type(made_by).__name__}({text})"

    def _complete_activation(self, layer_name, activation):
        if activation["name"] == "leaky_relu":
            activation.setdefault("slope", default_of(tf.nn.leaky_relu, "alpha"))
            self.settings[layer_name + ".slope"] = activation["slope"]
        if activation["name"] == "gelu":
            activation.setdefault("approximate", default_of(tf.nn.gelu, "approximate"))
            self.settings[layer_name + ".approximate"] = activation["approximate"]

    def _activate(self, activation, x):
        if activation is None:
            return x
        name = activation["name"]
        if name == "leaky_relu":
            return tf.nn.leaky_relu(x, activation["slope"])
        if name == "gelu":
            return tf.nn.gelu(x, activation["approximate"])
        return getattr(tf.nn, name)(x)

    def _with_bias(self, layer, x):
        return tf.nn.bias_add(x, self.variables[layer["name"] + "/bias"]) if layer["bias"] else x

    def _conv2d(self, layer, inputs, training, masks):
        kernel = self.variables[layer["name"] + "/kernel"]
        return self._with_bias(layer, tf.nn.conv2d(inputs[0], kernel, layer["stride"], layer["padding"].upper()))

    def _dense(self, layer, inputs, training, masks):
        return self._with_bias(layer, tf.matmul(inputs[0], self.variables[layer["name"] + "/kernel"]))

    def _max_pool(self, layer, inputs, training, masks):
        return tf.nn.max_pool2d(inputs[0], layer["size"], layer["stride"], layer["padding"].upper())

    def _average_pool(self, layer, inputs, training, masks):
        return tf.nn.avg_pool2d(inputs[0], layer["size"], layer["stride"], layer["padding"].upper())

    def _global_average_pool(self, layer, inputs, training, masks):
        return tf.reduce_mean(inputs[0], axis=[1, 2])

    def _flatten(self, layer, inputs, training, masks):
        return tf.reshape(inputs[0], [-1, layer["output_shape"][0]])

    def _add(self, layer, inputs, training, masks):
        return tf.add_n(inputs)

    def _concatenate(self, layer, inputs, training, masks):
        return tf.concat(inputs, axis=-1)

    def _activation(self, layer, inputs, training, masks):
        return inputs[0]

    def _dropout(self, layer, inputs, training, masks):
        if not training:
            return inputs[0]
        if masks is not None:
            return inputs[0] * masks[layer["name"]] * (1.0 / (1.0 - layer["rate"]))
        return tf.nn.dropout(inputs[0], layer["rate"])

    def _batch_norm(self, layer, inputs, training, masks):
        name = layer["name"]
        used = self._normalisations[name]
        mean, variance = self.variables[name + "/moving_mean"], self.variables[name + "/moving_variance"]
        if training:
            batch_mean, batch_variance = tf.nn.moments(inputs[0], list(range(len(inputs[0].shape) - 1)))
            mean.assign_sub((mean - batch_mean) * (1 - used["momentum"]))
            variance.assign_sub((variance - batch_variance) * (1 - used["momentum"]))
            mean, variance = batch_mean, batch_variance
        gamma, beta = self.variables[name + "/gamma"], self.variables[name + "/beta"]
        return tf.nn.batch_normalization(inputs[0], mean, variance, beta, gamma, used["epsilon"])

    def _layer_norm(self, layer, inputs, training, masks):
        name = layer["name"]
        mean, variance = tf.nn.moments(inputs[0], [-1], keepdims=True)
        gamma, beta = self.variables[name + "/gamma"], self.variables[name + "/beta"]
        return tf.nn.batch_normalization(inputs[0], mean, variance, beta, gamma, self._normalisations[name]["epsilon"])
