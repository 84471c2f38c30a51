"""The study in PyTorch: torch.nn, the loop written out. The stacks pytorch and pytorch-compile."""

from plumbline_export.python_program import ARGUMENTS, READ_FILES, fewer_images, finished, opening, scaled
from plumbline_export.study import Unsupported
from plumbline_export.text import Code, block, call, indented, literal, one_or_pair

OPTIMIZERS = {
    "sgd": ("SGD", {"learning_rate": "lr", "momentum": "momentum", "nesterov": "nesterov"}),
    "adam": ("Adam", {"learning_rate": "lr", "epsilon": "eps"}),
    "adamw": ("AdamW", {"learning_rate": "lr", "epsilon": "eps"}),
    "rmsprop": ("RMSprop", {"learning_rate": "lr", "rho": "alpha", "momentum": "momentum", "epsilon": "eps"}),
    "adagrad": (
        "Adagrad",
        {"learning_rate": "lr", "initial_accumulator": "initial_accumulator_value", "epsilon": "eps"},
    ),
    "adadelta": ("Adadelta", {"learning_rate": "lr", "rho": "rho", "epsilon": "eps"}),
}
FUSED = {"cpu": ("sgd", "adam", "adamw", "adagrad"), "cuda": ("sgd", "adam", "adamw")}
DEFAULT_BETAS = (0.9, 0.999)  # one of the pair cannot be given alone

INITIALISERS = {
    "glorot_uniform": ("xavier_uniform_", {}),
    "glorot_normal": ("xavier_normal_", {}),
    "he_uniform": ("kaiming_uniform_", {"nonlinearity": "relu"}),
    "he_normal": ("kaiming_normal_", {"nonlinearity": "relu"}),
    "lecun_uniform": ("kaiming_uniform_", {"nonlinearity": "linear"}),
    "lecun_normal": ("kaiming_normal_", {"nonlinearity": "linear"}),
}
ACTIVATIONS = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "leaky_relu": "LeakyReLU", "gelu": "GELU"}


def write(study):
    uses_functions = not can_be_sequential(study)
    imports = ["import numpy as np", "import torch"]
    imports += ["import torch.nn.functional as F"] if uses_functions else []
    return finished(
        [
            opening(study, "PyTorch"),
            ["import gzip", "import sys", "from pathlib import Path"],
            [*imports, "from torch import nn"],
            ARGUMENTS,
            ["torch.manual_seed(SEED)"],
            READ_FILES,
            *data(study),
            *model(study, uses_functions),
            training(study),
            test(study),
        ]
    )


def on_device(study, text):
    return f'{text}.to("cuda")' if study.device == "cuda" else text


def data(study):
    lines = fewer_images(study)
    for half in ("train", "test"):
        lines.append(f"x_{half} = " + on_device(study, f"images(x_{half})"))
    for half in ("train", "test"):
        lines.append(f"y_{half} = " + on_device(study, f"torch.tensor(y_{half}, dtype=torch.int64)"))
    if study.is_regression:
        lines.append(f"targets = nn.functional.one_hot(y_train, {study.classes}).float()")
    return [["# Data", "def images(pixels):", *indented(images(study))], lines]


def images(study):
    """The body of a function of the stored pixels: channels first."""
    if len(study.input) == 1:
        return [f"return torch.from_numpy({scaled(study, f'pixels.reshape(-1, {study.input[0]})')})"]
    height, width, channels = study.input
    if channels == 1:  # the same numbers in the same order
        return [f"return torch.from_numpy({scaled(study, f'pixels.reshape(-1, 1, {height}, {width})')})"]
    pixels = scaled(study, f"pixels.reshape(-1, {height}, {width}, {channels})")
    return [f"pixels = {pixels}", "return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()"]


# The model


def can_be_sequential(study):
    return study.is_chain and all(modules_of(layer) is not None for layer in study.layers)


def model(study, uses_functions):
    if uses_functions:
        parts, lines = [["# Model", *network_class(study)]], ["model = Network()"]
    else:
        modules = [module for layer in study.layers for module in modules_of(layer)]
        parts, lines = [], ["# Model", *block("model = nn.Sequential(", modules, ")")]
    lines += initial_values(study)
    if study.device == "cuda":
        lines.append('model.to("cuda")')
    lines.append(f"optimizer = {optimizer(study)}")
    lines.append("criterion = nn.MSELoss()" if study.is_regression else "criterion = nn.CrossEntropyLoss()")
    if study.stack == "pytorch-compile":
        lines.append("model = torch.compile(model)")
    return [*parts, lines]


def modules_of(layer):
    """The layer as modules for nn.Sequential; None where it needs more than modules."""
    module = module_of(layer)
    if module is None and layer.operation not in ("activation", "flatten", "global_average_pool"):
        return None
    if layer.operation == "layer_norm" and len(layer.input_shape) == 3:
        return None
    modules = [module] if module else []
    if layer.operation == "flatten":
        modules = ["nn.Flatten()"]
    if layer.operation == "global_average_pool":
        modules = ["nn.AdaptiveAvgPool2d(1)", "nn.Flatten()"]
    padding = uneven_padding(layer)
    if padding:
        if layer.operation == "average_pool":
            return None
        pad = call("nn.ZeroPad2d", padding)
        if layer.operation == "max_pool":
            pad = call("nn.ConstantPad2d", padding, Code('float("-inf")'))
        modules.insert(0, pad)
    return modules + ([activation_module(layer["activation"])] if "activation" in layer else [])


def module_of(layer):
    """The layer's own module, without padding and activation; None where it has none."""
    makers = {"conv2d": conv2d, "dense": dense, "max_pool": pool, "average_pool": pool, "dropout": dropout}
    makers.update({"batch_norm": batch_norm, "layer_norm": layer_norm})
    return makers[layer.operation](layer) if layer.operation in makers else None


def uneven_padding(layer):
    """(left, right, top, bottom) where a module cannot pad so by itself."""
    window = layer.get("kernel", layer.get("size"))
    if window is None:
        return None
    (top, bottom), (left, right) = layer.same_padding(window)
    return None if top == bottom and left == right else (left, right, top, bottom)


def own_padding(layer, window):
    (top, bottom), (left, right) = layer.same_padding(window)
    is_padded = top == bottom and left == right and (top or left)
    return {"padding": one_or_pair((top, left))} if is_padded else {}


def conv2d(layer):
    options = {"stride": one_or_pair(layer["stride"])} if layer["stride"] != [1, 1] else {}
    options.update(own_padding(layer, layer["kernel"]))
    options.update({} if layer["bias"] else {"bias": False})
    return call("nn.Conv2d", layer.input_shape[2], layer["filters"], one_or_pair(layer["kernel"]), **options)


def dense(layer):
    options = {} if layer["bias"] else {"bias": False}
    return call("nn.Linear", layer.input_shape[0], layer["units"], **options)


def pool(layer):
    options = {} if layer["stride"] == layer["size"] else {"stride": one_or_pair(layer["stride"])}
    options.update(own_padding(layer, layer["size"]))
    name = "nn.MaxPool2d"
    if layer.operation == "average_pool":
        name = "nn.AvgPool2d"
        options.update({"count_include_pad": False} if "padding" in options else {})
    return call(name, one_or_pair(layer["size"]), **options)


def dropout(layer):
    return call("nn.Dropout", layer["rate"])


def batch_norm(layer):
    options = {"eps": layer["epsilon"]} if "epsilon" in layer else {}
    if "momentum" in layer:
        options["momentum"] = Code(f"1 - {literal(layer['momentum'])}")  # PyTorch's is the new value's share
    kind = "nn.BatchNorm2d" if len(layer.input_shape) == 3 else "nn.BatchNorm1d"
    return call(kind, layer.input_shape[-1], **options)


def layer_norm(layer):
    options = {"eps": layer["epsilon"]} if "epsilon" in layer else {}
    return call("nn.LayerNorm", layer.input_shape[-1], **options)


def activation_options(activation):
    if "slope" in activation:
        return {"negative_slope": activation["slope"]}
    if "approximate" in activation:
        return {"approximate": "tanh" if activation["approximate"] else "none"}
    return {}


def activation_module(activation):
    if activation["name"] == "softmax":
        return "nn.Softmax(1)"
    return call("nn." + ACTIVATIONS[activation["name"]], **activation_options(activation))


def network_class(study):
    """A module whose forward names what is used more than once."""
    lines = ["class Network(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    for layer in study.layers:
        module = module_of(layer)
        if module:
            lines.append(f"        self.{layer.variable} = {module}")
    variables = study.variables()
    lines += ["", f"    def forward(self, {variables['input']}):"]
    for layer in study.layers:
        value = forward(layer, [variables[name] for name in layer["inputs"]])
        lines.append(f"        {variables[layer.name]} = {value}")
    return [*lines, f"        return {variables[study.layers[-1].name]}"]


def forward(layer, inputs):
    """The expression of a layer's output."""
    x = inputs[0]
    if layer.operation == "add":
        value = " + ".join(inputs)
    elif layer.operation == "concatenate":
        value = f"torch.cat([{', '.join(inputs)}], 1)"
    elif layer.operation == "flatten":
        value = f"{x}.flatten(1)"
    elif layer.operation == "global_average_pool":
        value = f"F.adaptive_avg_pool2d({x}, 1).flatten(1)"
    elif layer.operation == "activation":
        value = x
    else:
        value = forward_module(layer, x)
    return forward_activation(layer["activation"], value) if "activation" in layer else value


def forward_module(layer, x):
    padding = uneven_padding(layer)
    if layer.operation == "layer_norm" and len(layer.input_shape) == 3:
        return f"self.{layer.variable}({x}.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)"
    if not padding:
        return f"self.{layer.variable}({x})"
    if layer.operation == "average_pool":  # of the window, only what lies within the image counts
        inside = f"self.{layer.variable}(F.pad(torch.ones_like({x}), {padding}))"
        return f"self.{layer.variable}(F.pad({x}, {padding})) / {inside}"
    value = ', value=float("-inf")' if layer.operation == "max_pool" else ""
    return f"self.{layer.variable}(F.pad({x}, {padding}{value}))"


def forward_activation(activation, value):
    name = activation["name"]
    if name in ("tanh", "sigmoid"):
        return call("torch." + name, Code(value))
    if name == "softmax":
        return call("torch.softmax", Code(value), 1)
    return call("F." + name, Code(value), **activation_options(activation))


def initial_values(study):
    """PyTorch draws defaults when a layer is made; what the study names is drawn over them."""
    if not study.weights and not study.biases:
        return []
    lines = ["for module in model.modules():", "    if isinstance(module, (nn.Conv2d, nn.Linear)):"]
    if study.weights:
        lines.append("        " + initialise("module.weight", study.weights))
    if study.biases:
        biased = [layer["bias"] for layer in study.layers if layer.operation in ("conv2d", "dense")]
        statement = initialise("module.bias", study.biases)
        if all(biased):
            lines.append("        " + statement)
        else:
            lines += ["        if module.bias is not None:", "            " + statement]
    return lines


def initialise(tensor, wanted):
    name, tensor = wanted["name"], Code(tensor)
    mean = {"mean": wanted["mean"]} if wanted.get("mean") else {}
    if name == "zeros":
        return call("nn.init.zeros_", tensor)
    if name == "constant":
        return call("nn.init.constant_", tensor, wanted["value"])
    if name == "normal":
        return call("nn.init.normal_", tensor, **mean, std=wanted["stddev"])
    if name == "truncated_normal":
        centre, stddev = wanted["mean"], wanted["stddev"]
        return call("nn.init.trunc_normal_", tensor, **mean, std=stddev, a=centre - 2 * stddev, b=centre + 2 * stddev)
    if tensor.endswith("bias"):
        raise Unsupported(f"torch.nn.init has no {name} for biases, which have no fan.")
    function, options = INITIALISERS[name]
    return call("nn.init." + function, tensor, **options)


def optimizer(study):
    name, words = OPTIMIZERS[study.optimizer_name]
    words = {**words, "weight_decay": "weight_decay"}
    options = {}
    for word, value in study.optimizer.items():
        if word in ("beta_1", "beta_2"):
            betas = (study.optimizer.get("beta_1", DEFAULT_BETAS[0]), study.optimizer.get("beta_2", DEFAULT_BETAS[1]))
            options["betas"] = betas
        elif word not in words:
            raise Unsupported(f"torch.optim.{name} has no {word}.")
        else:
            options[words[word]] = value
    if study.optimizer_name in FUSED[study.device]:
        options["fused"] = True
    return call(f"torch.optim.{name}", Code("model.parameters()"), **options)


# Training and test


def training(study):
    recipe = study.recipe
    order = "torch.randperm(len(x_train))" if recipe["shuffle"] else "torch.arange(len(x_train))"
    batches = f"{order}.split({recipe['batch']})"
    if recipe["drop_last_batch"]:
        batches += f"[: len(x_train) // {recipe['batch']}]"
    targets = "targets" if study.is_regression else "y_train"
    step = [
        "optimizer.zero_grad()",
        f"loss = criterion(model(x_train[batch]), {targets}[batch])",
        "loss.backward()",
        "optimizer.step()",
    ]
    lines = ["# Training", "model.train()"]
    if "epochs" in recipe:
        lines += [f"for epoch in range({recipe['epochs']}):", f"    for batch in {batches}:", *indented(step, 2)]
        return lines
    steps = recipe["steps"]
    lines += ["step = 0", f"while step < {steps}:"]
    if recipe["drop_last_batch"]:
        lines += [f"    batches = {batches}", f"    for batch in batches[: {steps} - step]:"]
    else:
        lines += [f"    for batch in {batches}[: {steps} - step]:"]
    return [*lines, *indented([*step, "step += 1"], 2)]


def test(study):
    return [
        "# Test",
        "model.eval()",
        "with torch.inference_mode():",
        "    outputs = torch.cat([model(images) for images in x_test.split(1000)])",
        "accuracy = (outputs.argmax(1) == y_test).float().mean().item()",
        'print(f"test accuracy {100 * accuracy:.2f} %")',
    ]
