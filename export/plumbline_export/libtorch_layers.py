"""A network in LibTorch's modules: nn::Sequential where it is a chain of modules, else a class with forward."""

ACTIVATIONS = {"relu": "ReLU", "tanh": "Tanh", "sigmoid": "Sigmoid", "leaky_relu": "LeakyReLU", "gelu": "GELU"}


def model(study):
    """The lines of a class, if one is needed, and those that make the model."""
    if study.is_chain and all(modules_of(layer) is not None for layer in study.layers):
        modules = [module for layer in study.layers for module in modules_of(layer)]
        lines = ["nn::Sequential model("] + [f"    {module}," for module in modules]
        lines[-1] = lines[-1][:-1] + ");"
        return [], lines
    return network_class(study), ["auto model = std::make_shared<Network>();"]


def modules_of(layer):
    """The layer as modules for nn::Sequential; None where it needs more than modules."""
    if layer.operation == "layer_norm" and len(layer.input_shape) == 3:
        return None
    padding = uneven_padding(layer)
    if padding and layer.operation == "average_pool":
        return None
    modules = [module_of(layer)] if module_of(layer) else []
    if layer.operation == "flatten":
        modules = ["nn::Flatten()"]
    if layer.operation == "global_average_pool":
        modules = ["nn::AdaptiveAvgPool2d(nn::AdaptiveAvgPool2dOptions(1))", "nn::Flatten()"]
    if padding:
        pad = f"nn::ZeroPad2d(nn::ZeroPad2dOptions({braces(padding)}))"
        if layer.operation == "max_pool":
            pad = f"nn::ConstantPad2d(nn::ConstantPad2dOptions({braces(padding)}, -INFINITY))"
        modules.insert(0, pad)
    return modules + ([activation_module(layer["activation"])] if "activation" in layer else [])


def module_of(layer):
    """The layer's own module, without padding and activation; None where it has none."""
    makers = {"conv2d": conv2d, "dense": dense, "max_pool": pool, "average_pool": pool, "dropout": dropout}
    makers.update({"batch_norm": batch_norm, "layer_norm": layer_norm})
    return makers[layer.operation](layer) if layer.operation in makers else None


def braces(values):
    return "{" + ", ".join(str(value) for value in values) + "}"


def one_or_pair(pair):
    return str(pair[0]) if pair[0] == pair[1] else braces(pair)


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
    return f".padding({one_or_pair((top, left))})" if is_padded else ""


def with_options(name, arguments, options):
    """nn::X(arguments), or with further options nn::X(nn::XOptions(arguments).a(1).b(2))."""
    return f"nn::{name}(nn::{name}Options({arguments}){options})" if options else f"nn::{name}({arguments})"


def conv2d(layer):
    options = "" if layer["stride"] == [1, 1] else f".stride({one_or_pair(layer['stride'])})"
    options += own_padding(layer, layer["kernel"]) + ("" if layer["bias"] else ".bias(false)")
    arguments = f"{layer.input_shape[2]}, {layer['filters']}, {one_or_pair(layer['kernel'])}"
    return f"nn::Conv2d(nn::Conv2dOptions({arguments}){options})"


def dense(layer):
    return with_options("Linear", f"{layer.input_shape[0]}, {layer['units']}", "" if layer["bias"] else ".bias(false)")


def pool(layer):
    padding = own_padding(layer, layer["size"])
    options = "" if layer["stride"] == layer["size"] else f".stride({one_or_pair(layer['stride'])})"
    name = "MaxPool2d" if layer.operation == "max_pool" else "AvgPool2d"
    options += padding + (".count_include_pad(false)" if padding and name == "AvgPool2d" else "")
    return f"nn::{name}(nn::{name}Options({one_or_pair(layer['size'])}){options})"


def dropout(layer):
    return f"nn::Dropout({layer['rate']!r})"


def batch_norm(layer):
    options = f".eps({layer['epsilon']!r})" if "epsilon" in layer else ""
    if "momentum" in layer:
        options += f".momentum(1 - {layer['momentum']!r})"  # LibTorch's is the new value's share
    kind = "BatchNorm2d" if len(layer.input_shape) == 3 else "BatchNorm1d"
    return with_options(kind, str(layer.input_shape[-1]), options)


def layer_norm(layer):
    options = f".eps({layer['epsilon']!r})" if "epsilon" in layer else ""
    return f"nn::LayerNorm(nn::LayerNormOptions({{{layer.input_shape[-1]}}}){options})"


def activation_module(activation):
    if activation["name"] == "softmax":
        return "nn::Softmax(1)"
    options = f".negative_slope({activation['slope']!r})" if "slope" in activation else ""
    if "approximate" in activation:
        options = f'.approximate("{"tanh" if activation["approximate"] else "none"}")'
    return with_options(ACTIVATIONS[activation["name"]], "", options)


def network_class(study):
    variables = study.variables()
    lines = ["struct Network : nn::Module {", f"  torch::Tensor forward(torch::Tensor {variables['input']}) {{"]
    declared = {variables["input"]}
    for layer in study.layers:
        target = variables[layer.name]
        declaration = "" if target in declared else "torch::Tensor "
        declared.add(target)
        value = forward(layer, [variables[name] for name in layer["inputs"]])
        lines.append(f"    {declaration}{target} = {value};")
    lines += [f"    return {variables[study.layers[-1].name]};", "  }", ""]
    for layer in study.layers:
        module = module_of(layer)
        if module:
            kind = module[: module.index("(")]
            lines.append(f'  {kind} {layer.variable}_module = register_module("{layer.name}", {module});')
    return [*lines, "};"]


def forward(layer, inputs):
    x = inputs[0]
    if layer.operation == "add":
        value = " + ".join(inputs)
    elif layer.operation == "concatenate":
        value = f"torch::cat({braces(inputs)}, 1)"
    elif layer.operation == "flatten":
        value = f"{x}.flatten(1)"
    elif layer.operation == "global_average_pool":
        value = f"torch::adaptive_avg_pool2d({x}, 1).flatten(1)"
    elif layer.operation == "activation":
        value = x
    else:
        value = forward_module(layer, x)
    return forward_activation(layer["activation"], value) if "activation" in layer else value


def forward_module(layer, x):
    module, padding = f"{layer.variable}_module", uneven_padding(layer)
    if layer.operation == "layer_norm" and len(layer.input_shape) == 3:
        return f"{module}({x}.permute({{0, 2, 3, 1}})).permute({{0, 3, 1, 2}})"
    if not padding:
        return f"{module}({x})"
    if layer.operation == "average_pool":  # of the window, only what lies within the image counts
        inside = f"{module}(torch::constant_pad_nd(torch::ones_like({x}), {braces(padding)}))"
        return f"{module}(torch::constant_pad_nd({x}, {braces(padding)})) / {inside}"
    value = ", -INFINITY" if layer.operation == "max_pool" else ""
    return f"{module}(torch::constant_pad_nd({x}, {braces(padding)}{value}))"


def forward_activation(activation, value):
    if activation["name"] == "softmax":
        return f"torch::softmax({value}, 1)"
    options = f", {activation['slope']!r}" if "slope" in activation else ""
    if "approximate" in activation:
        options = f', "{"tanh" if activation["approximate"] else "none"}"'
    return f"torch::{activation['name']}({value}{options})"
