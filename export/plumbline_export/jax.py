"""The study in JAX: Flax NNX and Optax, one nnx.jit function a step."""

from plumbline_export.python_program import ARGUMENTS, READ_FILES, fewer_images, finished, opening, scaled
from plumbline_export.study import Unsupported
from plumbline_export.text import Code, call, indented, literal

# Optax's argument for each word of the study, where they differ.
OPTAX_WORDS = {
    "sgd": {},
    "adam": {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"},
    "adamw": {"beta_1": "b1", "beta_2": "b2", "epsilon": "eps"},
    "rmsprop": {"rho": "decay", "epsilon": "eps"},
    "adagrad": {"epsilon": "eps", "initial_accumulator": "initial_accumulator_value"},
    "adadelta": {"epsilon": "eps"},
}
KNOWN_WORDS = {
    "sgd": ("learning_rate", "momentum", "nesterov"),
    "adam": ("learning_rate", "beta_1", "beta_2", "epsilon"),
    "adamw": ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay"),
    "rmsprop": ("learning_rate", "rho", "momentum", "epsilon"),
    "adagrad": ("learning_rate", "initial_accumulator", "epsilon"),
    "adadelta": ("learning_rate", "rho", "epsilon"),
}
WITHOUT_FAN = ("zeros", "constant", "normal", "truncated_normal")


def write(study):
    return finished(
        [
            opening(study, "JAX with Flax NNX and Optax"),
            ["import gzip", "import sys", "from pathlib import Path"],
            ["import jax", "import jax.numpy as jnp", "import numpy as np", "import optax", "from flax import nnx"],
            ARGUMENTS,
            READ_FILES,
            *data(study),
            *model(study),
            *training(study),
            *test(),
        ]
    )


def data(study):
    shape = ", ".join(str(extent) for extent in [-1, *study.input])
    lines = fewer_images(study)
    lines += [f"x_{half} = images(x_{half})" for half in ("train", "test")]
    lines += [f"y_{half} = jnp.asarray(y_{half})" for half in ("train", "test")]
    function = ["def images(pixels):", f"    return jnp.asarray({scaled(study, f'pixels.reshape({shape})')})"]
    return [["# Data", *function], lines]


# The model


def model(study):
    parts = [*initialisers(study), network_class(study)]
    lines = ["rngs = nnx.Rngs(SEED)", "model = Network(rngs)", f"update = {update(study)}"]
    lines.append("optimizer = nnx.Optimizer(model, update, wrt=nnx.Param)")
    return [["# Model", *parts[0]], *parts[1:], lines]


def initialisers(study):
    parts = []
    for part, wanted in (("kernel_init", study.weights), ("bias_init", study.biases)):
        if wanted is None:
            continue
        if part == "bias_init" and wanted["name"] not in WITHOUT_FAN:
            raise Unsupported(f"jax.nn.initializers has no {wanted['name']} for biases, which have no fan.")
        if wanted.get("mean"):
            drawn = f"{call('jax.nn.initializers.' + wanted['name'], wanted['stddev'])}(*arguments)"
            parts.append([f"def {part}(*arguments):", f"    return {literal(wanted['mean'])} + {drawn}"])
        else:
            parts.append([f"{part} = {initialiser(wanted)}"])
    statements = [part for part in parts if len(part) == 1]
    if len(statements) == 2:
        return [[line for part in statements for line in part]]
    return parts


def initialiser(wanted):
    name = "jax.nn.initializers." + wanted["name"]
    if wanted["name"] == "zeros":
        return name
    return call(name, *[wanted[word] for word in ("value", "stddev") if word in wanted])


def network_class(study):
    variables = study.variables()
    lines = ["class Network(nnx.Module):", "    def __init__(self, rngs):"]
    modules = [f"self.{layer.variable} = {module(study, layer)}" for layer in study.layers if module(study, layer)]
    lines += indented(modules or ["pass"], 2)
    lines += ["", f"    def __call__(self, {variables['input']}):"]
    for layer in study.layers:
        value = forward(layer, [variables[name] for name in layer["inputs"]])
        lines.append(f"        {variables[layer.name]} = {value}")
    return [*lines, f"        return {variables[study.layers[-1].name]}"]


def module(study, layer):
    """The layer's module; None for those that are functions."""
    if layer.operation == "conv2d":
        options = {} if layer["stride"] == [1, 1] else {"strides": tuple(layer["stride"])}
        options.update({} if layer["padding"] == "same" else {"padding": "VALID"})
        return with_rngs(study, layer, "nnx.Conv", layer["filters"], tuple(layer["kernel"]), **options)
    if layer.operation == "dense":
        return with_rngs(study, layer, "nnx.Linear", layer["units"])
    if layer.operation == "dropout":
        return call("nnx.Dropout", layer["rate"], rngs=Code("rngs"))
    if layer.operation in ("batch_norm", "layer_norm"):
        name = "nnx.BatchNorm" if layer.operation == "batch_norm" else "nnx.LayerNorm"
        return call(name, layer.input_shape[-1], **layer.given("momentum", "epsilon"), rngs=Code("rngs"))
    return None


def with_rngs(study, layer, name, *arguments, **options):
    options.update({} if layer["bias"] else {"use_bias": False})
    options.update({"kernel_init": Code("kernel_init")} if study.weights else {})
    options.update({"bias_init": Code("bias_init")} if study.biases and layer["bias"] else {})
    return call(name, layer.input_shape[-1], *arguments, **options, rngs=Code("rngs"))


def forward(layer, inputs):
    x = Code(inputs[0])
    if layer.operation == "add":
        value = " + ".join(inputs)
    elif layer.operation == "concatenate":
        value = f"jnp.concatenate([{', '.join(inputs)}], axis=-1)"
    elif layer.operation == "flatten":
        value = f"{x}.reshape({x}.shape[0], -1)"
    elif layer.operation == "global_average_pool":
        value = f"{x}.mean((1, 2))"
    elif layer.operation in ("max_pool", "average_pool"):
        value = pool(layer, x)
    else:
        value = x if layer.operation == "activation" else f"self.{layer.variable}({x})"
    return activation(layer["activation"], Code(value)) if "activation" in layer else value


def pool(layer, x):
    is_average = layer.operation == "average_pool"
    options = {} if layer["padding"] == "valid" else {"padding": "SAME"}
    options.update({"count_include_pad": False} if is_average and options else {})
    name = "nnx.avg_pool" if is_average else "nnx.max_pool"
    return call(name, x, tuple(layer["size"]), tuple(layer["stride"]), **options)


def activation(wanted, value):
    options = {"negative_slope": wanted["slope"]} if "slope" in wanted else {}
    options.update({"approximate": wanted["approximate"]} if "approximate" in wanted else {})
    return call("nnx." + wanted["name"], value, **options)


def update(study):
    name = study.optimizer_name
    given = dict(study.optimizer)
    coupled = given.pop("weight_decay", None) if name != "adamw" else None
    if given.get("learning_rate") is None:
        raise Unsupported(f"optax.{name} has no default learning_rate; the recipe must name one.")
    for word in given:
        if word not in KNOWN_WORDS[name]:
            raise Unsupported(f"optax.{name} has no {word}.")
    rate = given.pop("learning_rate")
    made = call("optax." + name, rate, **{OPTAX_WORDS[name].get(word, word): value for word, value in given.items()})
    if coupled is None:
        return made
    return call("optax.chain", call("optax.add_decayed_weights", coupled), made)


# Training and test


def training(study):
    recipe = study.recipe
    loss = "optax.softmax_cross_entropy_with_integer_labels(model(images), labels).mean()"
    if study.is_regression:
        loss = f"optax.squared_error(model(images), jax.nn.one_hot(labels, {study.classes})).mean()"
    step = [
        "@nnx.jit",
        "def train_step(model, optimizer, images, labels, batch):",
        "    loss, gradients = nnx.value_and_grad(loss_of)(model, images[batch], labels[batch])",
        "    optimizer.update(model, gradients)",
        "    return loss",
    ]
    loss_function = ["# Training", "def loss_of(model, images, labels):", f"    return {loss}"]
    lines = ["model.train()", "step = nnx.cached_partial(train_step, model, optimizer)"]
    return [loss_function, step, lines + loop(recipe)]


def loop(recipe):
    order = "np.arange(len(x_train))"
    if recipe["shuffle"]:
        order = "np.asarray(jax.random.permutation(rngs.shuffle(), len(x_train)))"
    batch = recipe["batch"]
    end = f"len(x_train) - {batch - 1}" if recipe["drop_last_batch"] else "len(x_train)"
    starts = f"range(0, {end}, {batch})"
    one = [f"loss = step(x_train, y_train, order[start : start + {batch}])"]
    if "epochs" in recipe:
        lines = [f"for epoch in range({recipe['epochs']}):", f"    order = {order}", f"    for start in {starts}:"]
        return lines + indented(one, 2)
    lines = ["steps = 0", f"while steps < {recipe['steps']}:", f"    order = {order}"]
    lines.append(f"    for start in {starts}[: {recipe['steps']} - steps]:")
    return lines + indented([*one, "steps += 1"], 2)


def test():
    return [
        ["# Test", "@nnx.jit", "def forward(model, images):", "    return model(images)"],
        [
            "model.eval()",
            "outputs = [forward(model, x_test[start : start + 1000]) for start in range(0, len(x_test), 1000)]",
            "accuracy = (jnp.concatenate(outputs).argmax(1) == y_test).mean().item()",
            'print(f"test accuracy {100 * accuracy:.2f} %")',
        ],
    ]
