"""The study in TensorFlow without Keras: variables, tf.nn, a tape in one tf.function a step, tf.data."""

from plumbline_export.python_program import ARGUMENTS, READ_FILES, fewer_images, finished, opening, reshaped, scaled
from plumbline_export.study import Unsupported
from plumbline_export.text import Code, call, indented, literal

V1 = "tf.compat.v1.train."
# What the class calls the study's words, and what it has built in without a word for it.
OPTIMIZERS = {
    "sgd": (V1 + "GradientDescentOptimizer", {"learning_rate": "learning_rate"}, {"momentum": 0.0, "nesterov": False}),
    "momentum": (
        V1 + "MomentumOptimizer",
        {"learning_rate": "learning_rate", "momentum": "momentum", "nesterov": "use_nesterov"},
        {},
    ),
    "adam": (
        V1 + "AdamOptimizer",
        {"learning_rate": "learning_rate", "beta_1": "beta1", "beta_2": "beta2", "epsilon": "epsilon"},
        {},
    ),
    "rmsprop": (
        V1 + "RMSPropOptimizer",
        {"learning_rate": "learning_rate", "rho": "decay", "momentum": "momentum", "epsilon": "epsilon"},
        {"initial_accumulator": 1.0},
    ),
    "adagrad": (
        V1 + "AdagradOptimizer",
        {"learning_rate": "learning_rate", "initial_accumulator": "initial_accumulator_value"},
        {"epsilon": 0.0},
    ),
    "adadelta": (V1 + "AdadeltaOptimizer", {word: word for word in ("learning_rate", "rho", "epsilon")}, {}),
    "adamw": (
        "tf.keras.optimizers.AdamW",
        {word: word for word in ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")},
        {},
    ),
}
WITHOUT_DEFAULT_RATE = ("sgd", "momentum", "rmsprop", "adagrad")
# tf.nn has no default initialisers; these are those of the stack, from TensorFlow's own tutorial of 2017.
DEFAULT_WEIGHTS = {"name": "truncated_normal", "mean": 0.0, "stddev": 0.1}
DEFAULT_BIASES = {"name": "constant", "value": 0.1}

BATCH_NORM = """class BatchNorm(tf.Module):
    def __init__(self, channels, momentum=0.99, epsilon=0.001):
        self.gamma, self.beta = tf.Variable(tf.ones([channels])), tf.Variable(tf.zeros([channels]))
        self.mean = tf.Variable(tf.zeros([channels]), trainable=False)
        self.variance = tf.Variable(tf.ones([channels]), trainable=False)
        self.momentum, self.epsilon = momentum, epsilon

    def __call__(self, x, training):
        mean, variance = self.mean, self.variance
        if training:
            mean, variance = tf.nn.moments(x, list(range(len(x.shape) - 1)))
            self.mean.assign_sub((self.mean - mean) * (1 - self.momentum))
            self.variance.assign_sub((self.variance - variance) * (1 - self.momentum))
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)
""".splitlines()

LAYER_NORM = """class LayerNorm(tf.Module):
    def __init__(self, channels, epsilon=0.001):
        self.gamma, self.beta = tf.Variable(tf.ones([channels])), tf.Variable(tf.zeros([channels]))
        self.epsilon = epsilon

    def __call__(self, x):
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)
""".splitlines()


def write(study):
    return finished(
        [
            opening(study, "TensorFlow without Keras"),
            ["import gzip", "import sys", "from pathlib import Path"],
            ["import numpy as np", "import tensorflow as tf"],
            ARGUMENTS,
            ["tf.random.set_seed(SEED)"],
            READ_FILES,
            data(study),
            *model(study),
            *training(study),
            *test(study),
        ]
    )


def data(study):
    lines = ["# Data", *fewer_images(study)]
    lines += [f"x_{half} = {scaled(study, reshaped(study, f'x_{half}'))}" for half in ("train", "test")]
    return [*lines, "y_train = tf.cast(y_train, tf.int32)"]


# The model


def model(study):
    parts = []
    if any(layer.operation in ("conv2d", "dense") for layer in study.layers):
        parts.append(["def weights(*shape):", f"    return tf.Variable({initial(study.weights or DEFAULT_WEIGHTS)})"])
    if any(layer.get("bias") for layer in study.layers):
        parts.append(["def biases(*shape):", f"    return tf.Variable({initial(study.biases or DEFAULT_BIASES)})"])
    parts += [BATCH_NORM] if study.has("batch_norm") else []
    parts += [LAYER_NORM] if study.has("layer_norm") else []
    parts.append(network_class(study))
    parts.append(["network = Network()", f"optimizer = {optimizer(study)}"])
    return [["# Model", *parts[0]], *parts[1:]]


def initial(wanted):
    """The initial values of the shape `shape`."""
    name, shape = wanted["name"], Code("shape")
    mean = {"mean": wanted["mean"]} if wanted.get("mean") else {}
    if name == "zeros":
        return call("tf.zeros", shape)
    if name == "constant":
        return call("tf.constant", wanted["value"], shape=shape)
    if name == "normal":
        return call("tf.random.normal", shape, **mean, stddev=wanted["stddev"])
    if name == "truncated_normal":
        return call("tf.random.truncated_normal", shape, **mean, stddev=wanted["stddev"])
    return Code(f"tf.compat.v1.initializers.{name}()(shape)")


def network_class(study):
    variables = study.variables()
    lines = ["class Network(tf.Module):", "    def __init__(self):"]
    lines += indented([f"self.{text}" for layer in study.layers for text in parameters(layer)] or ["pass"], 2)
    lines += ["", f"    def __call__(self, {variables['input']}, training):"]
    for layer in study.layers:
        target = variables[layer.name]
        statements = forward(layer, [variables[name] for name in layer["inputs"]], target)
        lines += indented([statement for statement in statements if statement != f"{target} = {target}"], 2)
    return [*lines, f"        return {variables[study.layers[-1].name]}"]


def parameters(layer):
    """Assignments of a layer's variables."""
    operation, name = layer.operation, layer.variable
    if operation in ("conv2d", "dense"):
        shape = [layer.input_shape[-1], layer["units"]] if operation == "dense" else None
        shape = shape or [*layer["kernel"], layer.input_shape[-1], layer["filters"]]
        lines = [f"{name} = {call('weights', *shape)}"]
        return lines + ([f"{name}_bias = {call('biases', shape[-1])}"] if layer["bias"] else [])
    if operation == "batch_norm":
        return [f"{name} = {call('BatchNorm', layer.input_shape[-1], **layer.given('momentum', 'epsilon'))}"]
    if operation == "layer_norm":
        return [f"{name} = {call('LayerNorm', layer.input_shape[-1], **layer.given('epsilon'))}"]
    return []


def forward(layer, inputs, target):
    """Statements that give `target` the layer's output."""
    x, name = inputs[0], f"self.{layer.variable}"
    expressions = {
        "max_pool": lambda: pool("tf.nn.max_pool2d", layer, x),
        "average_pool": lambda: pool("tf.nn.avg_pool2d", layer, x),
        "global_average_pool": lambda: f"tf.reduce_mean({x}, [1, 2])",
        "flatten": lambda: f"tf.reshape({x}, [-1, {layer.output_shape[0]}])",
        "add": lambda: f"tf.add_n([{', '.join(inputs)}])",
        "concatenate": lambda: f"tf.concat([{', '.join(inputs)}], -1)",
        "batch_norm": lambda: f"{name}({x}, training)",
        "layer_norm": lambda: f"{name}({x})",
        "conv2d": lambda: f"tf.nn.conv2d({x}, {name}, {strides(layer['stride'])}, {literal(layer['padding'].upper())})",
        "dense": lambda: f"tf.matmul({x}, {name})",
        "activation": lambda: x,
    }
    if layer.operation == "dropout":
        dropped = f"tf.nn.dropout({x}, {literal(layer['rate'])})"
        return [f"{target} = {dropped} if training else {x}"]
    value = expressions[layer.operation]()
    if layer.get("bias"):
        value = f"tf.nn.bias_add({value}, {name}_bias)"
    statements = [f"{target} = {value}"]
    if "activation" in layer:
        statements.append(f"{target} = {activation(layer['activation'], target)}")
    return statements


def strides(pair):
    return str(pair[0]) if pair[0] == pair[1] else str(list(pair))


def pool(function, layer, x):
    return f"{function}({x}, {strides(layer['size'])}, {strides(layer['stride'])}, {literal(layer['padding'].upper())})"


def activation(wanted, x):
    numbers = [wanted[word] for word in ("slope", "approximate") if word in wanted]
    return call("tf.nn." + wanted["name"], Code(x), *numbers)


def optimizer(study):
    name = study.optimizer_name
    if name == "sgd" and study.optimizer.get("momentum", 0.0) != 0.0:
        name = "momentum"
    kind, words, built_in = OPTIMIZERS[name]
    options = {}
    for word, value in study.optimizer.items():
        if word in words:
            options[words[word]] = value
        elif word != "weight_decay" and name != "sgd" and value != built_in.get(word):
            raise Unsupported(f"TensorFlow's {kind.split('.')[-1]} has no {word}.")
    if name in WITHOUT_DEFAULT_RATE and "learning_rate" not in study.optimizer:
        raise Unsupported(f"TensorFlow's {kind.split('.')[-1]} has no default learning rate; the study must name one.")
    return call(kind, **options)


# Training and test


def training(study):
    recipe = study.recipe
    step = [
        f"@tf.function(input_signature=[tf.TensorSpec({specification(study)}), tf.TensorSpec([None], tf.int32)])",
        "def train_step(images, labels):",
        "    with tf.GradientTape() as tape:",
        *indented(loss(study), 2),
        f"    gradients = tape.gradient({'objective' if decay(study) else 'loss'}, network.trainable_variables)",
        "    optimizer.apply_gradients(zip(gradients, network.trainable_variables))",
    ]
    lines = ["batches = tf.data.Dataset.from_tensor_slices((x_train, y_train))"]
    lines += ["batches = batches.shuffle(len(x_train))"] if recipe["shuffle"] else []
    drop = ", drop_remainder=True" if recipe["drop_last_batch"] else ""
    repeat = f"repeat().take({recipe['steps']})" if "steps" in recipe else f"repeat({recipe['epochs']})"
    lines.append(f"batches = batches.batch({recipe['batch']}{drop}).{repeat}.prefetch(tf.data.AUTOTUNE)")
    return [["# Training", *step], [*lines, "for images, labels in batches:", "    train_step(images, labels)"]]


def specification(study):
    return f"[None, {', '.join(str(extent) for extent in study.input)}]"


def decay(study):
    """The coupled weight decay."""
    return study.optimizer.get("weight_decay", 0) if study.optimizer_name != "adamw" else 0


def loss(study):
    lines = [
        "outputs = network(images, training=True)",
        "losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=outputs)",
        "loss = tf.reduce_mean(losses)",
    ]
    if study.is_regression:
        squares = f"tf.math.squared_difference(outputs, tf.one_hot(labels, {study.classes}))"
        lines[1:] = [f"loss = tf.reduce_mean({squares})"]
    if decay(study):
        penalties = "tf.add_n([tf.nn.l2_loss(variable) for variable in network.trainable_variables])"
        lines.append(f"objective = loss + {literal(decay(study))} * {penalties}")
    return lines


def test(study):
    forward_function = [
        "# Test",
        f"@tf.function(input_signature=[tf.TensorSpec({specification(study)})])",
        "def forward(images):",
        "    return network(images, training=False)",
    ]
    lines = [
        "outputs = np.concatenate([forward(x_test[i : i + 1000]) for i in range(0, len(x_test), 1000)])",
        "accuracy = np.mean(outputs.argmax(axis=1) == y_test)",
        'print(f"test accuracy {100 * accuracy:.2f} %")',
    ]
    return [forward_function, lines]
