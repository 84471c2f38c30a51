"""What programs for Keras 2 and Keras 3 have in common: layers, compile, fit. `KerasWriter` is completed in both."""

from plumbline_export.python_program import READ_FILES, fewer_images, finished, reshaped, scaled
from plumbline_export.study import Unsupported
from plumbline_export.text import Code, block, call, indented, literal, one_or_pair

INITIALISERS = {
    "zeros": "Zeros",
    "constant": "Constant",
    "normal": "RandomNormal",
    "truncated_normal": "TruncatedNormal",
}
KERAS_WORDS = {"initial_accumulator": "initial_accumulator_value"}

STOP_AFTER = """class StopAfter(keras.callbacks.Callback):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def {hook}(self, batch, logs=None):
        self.steps -= 1
        if self.steps == 0:
            self.model.stop_training = True
""".splitlines()

FULL_BATCHES = """class FullBatches(keras.utils.{base}):
    def __init__(self):
        super().__init__()
        self.order = np.arange(len(x_train))
        self.on_epoch_end()

    def __len__(self):
        return len(x_train) // {batch}

    def __getitem__(self, index):
        chosen = self.order[index * {batch} : (index + 1) * {batch}]
        return x_train[chosen], {targets}[chosen]

    def on_epoch_end(self):
        {shuffle}
""".splitlines()


class KerasWriter:
    """One study's program. A subclass says what its version of Keras calls things."""

    l2 = "keras.regularizers.L2"
    batch_hook = "on_train_batch_end"
    sequence = "PyDataset"
    optimizers = {}  # name: (class, the study's words that it knows, what it has built in without a word for it)

    def __init__(self, study):
        self.study = study
        self.weight_decay = study.optimizer.get("weight_decay") if study.optimizer_name != "adamw" else None

    def opening(self):
        raise NotImplementedError

    def write(self):
        return finished([*self.opening(), READ_FILES, self.data(), *self.model(), *self.training(), self.test()])

    def data(self):
        study = self.study
        lines = ["# Data", *fewer_images(study)]
        lines += [f"x_{half} = {scaled(study, reshaped(study, f'x_{half}'))}" for half in ("train", "test")]
        if study.is_regression:
            lines.append(f"targets = keras.utils.to_categorical(y_train, {study.classes})")
        return lines

    # The model

    def model(self):
        loss = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)"
        if self.study.is_regression:
            loss = "keras.losses.MeanSquaredError()"
        lines = self.sequential() if self.study.is_chain else self.functional()
        lines = [*lines, f"loss = {loss}", f"model.compile({self.optimizer()}, loss)"]
        if self.weight_decay:
            # L2(c) adds c * sum(w^2) to the loss, so c = decay / 2 adds decay * w to the gradient.
            lines = [f"decay = {call(self.l2, self.weight_decay / 2)}", *lines]
        if not self.needs_function():
            return [["# Model", *lines]]
        return [["# Model", *self.function_of_options()], lines]

    def function_of_options(self):
        """A function of the options of all kernels and biases: each layer wants initialisers of its own."""
        elements = [f'"{word}": {value}' for word, value in self.options_of_parameters().items()]
        return ["def parameters():", *indented(block("return {", elements, "}"))]

    def needs_function(self):
        given = [wanted for wanted in (self.study.weights, self.study.biases) if wanted]
        return bool(self.weight_decay) or any(len(wanted) > 1 for wanted in given)

    def options_of_parameters(self):
        options = {}
        for part, wanted in (("kernel", self.study.weights), ("bias", self.study.biases)):
            if wanted:
                options[part + "_initializer"] = literal(self.initialiser(wanted))
        if self.weight_decay:
            options.update({part + "_regularizer": "decay" for part in ("kernel", "bias")})
        return options

    def initialiser(self, wanted):
        numbers = {word: value for word, value in wanted.items() if word != "name"}
        if not numbers:
            return wanted["name"]
        if wanted["name"] == "constant":
            return call("keras.initializers.Constant", numbers["value"])
        if numbers.get("mean") == 0:
            numbers.pop("mean")
        return call("keras.initializers." + INITIALISERS[wanted["name"]], **numbers)

    def sequential(self):
        texts = self.sequential_texts([text for layer in self.study.layers for text in self.texts(layer)])
        return ["model = keras.Sequential(", *indented(block("[", texts, "]")), ")"]

    def sequential_texts(self, texts):
        """With the shape of the input."""
        raise NotImplementedError

    def functional(self):
        study = self.study
        variables = {**study.variables(), "input": "inputs"}
        lines = [f"inputs = {self.input()}"]
        for layer in study.layers:
            value = variables[layer["inputs"][0]]
            if layer.operation in ("add", "concatenate"):
                value = "[" + ", ".join(variables[name] for name in layer["inputs"]) + "]"
            target = variables[layer.name]
            for text in self.texts(layer):
                lines.append(f"{target} = {text}({value})")
                value = target
        return [*lines, f"model = keras.Model(inputs, {variables[study.layers[-1].name]})"]

    def input(self):
        raise NotImplementedError

    def texts(self, layer):
        """The Keras layers that make a layer of the study."""
        return getattr(self, layer.operation)(layer)

    def conv2d(self, layer):
        options = {} if layer["stride"] == [1, 1] else {"strides": one_or_pair(layer["stride"])}
        options.update({} if layer["padding"] == "valid" else {"padding": layer["padding"]})
        return self.with_parameters(layer, "layers.Conv2D", (layer["filters"], one_or_pair(layer["kernel"])), options)

    def dense(self, layer):
        return self.with_parameters(layer, "layers.Dense", (layer["units"],), {})

    def with_parameters(self, layer, name, arguments, options):
        options.update({} if layer["bias"] else {"use_bias": False})
        activation, separate = self.activation_of(layer)
        options.update({"activation": activation} if activation else {})
        text = call(name, *arguments, **options)
        more = ["**parameters()"]
        if not self.needs_function():
            more = [f"{word}={value}" for word, value in self.options_of_parameters().items()]
        return [text[:-1] + "".join(", " + option for option in more) + ")", *separate]

    def activation_of(self, layer):
        """The option `activation`, and the layers that stand for it where there is no such option."""
        activation = layer.get("activation")
        return (self.activation_value(activation) if activation else None), []

    def activation_value(self, activation):
        return activation["name"]

    def max_pool(self, layer):
        return [self.pool("layers.MaxPooling2D", layer, layer["padding"])]

    def average_pool(self, layer):
        return [self.pool("layers.AveragePooling2D", layer, layer["padding"])]

    def pool(self, name, layer, padding):
        options = {} if layer["stride"] == layer["size"] else {"strides": one_or_pair(layer["stride"])}
        options.update({} if padding == "valid" else {"padding": padding})
        return call(name, one_or_pair(layer["size"]), **options)

    def global_average_pool(self, layer):
        return ["layers.GlobalAveragePooling2D()"]

    def flatten(self, layer):
        return ["layers.Flatten()"]

    def add(self, layer):
        return ["layers.Add()"]

    def concatenate(self, layer):
        return ["layers.Concatenate()"]

    def dropout(self, layer):
        return [call("layers.Dropout", layer["rate"])]

    def batch_norm(self, layer):
        return [self.norm("layers.BatchNormalization", layer.given("momentum", "epsilon"))]

    def layer_norm(self, layer):
        return [self.norm("layers.LayerNormalization", layer.given("epsilon"))]

    def norm(self, name, options):
        if self.weight_decay:
            options.update({part + "_regularizer": Code("decay") for part in ("gamma", "beta")})
        return call(name, **options)

    def activation(self, layer):
        return [call("layers.Activation", self.activation_value(layer["activation"]))]

    # Training and test

    def optimizer(self):
        name, words, built_in = self.optimizers[self.study.optimizer_name]
        options = {}
        for word, value in self.study.optimizer.items():
            if word in words:
                options[KERAS_WORDS.get(word, word)] = value if isinstance(value, bool) else float(value)
            elif word != "weight_decay" and built_in.get(word) != value:
                raise Unsupported(f"Keras's {name} has no {word}.")
        return call("keras.optimizers." + name, **options)

    def training(self):
        recipe = self.study.recipe
        targets = "targets" if self.study.is_regression else "y_train"
        classes, options = [], {"epochs": recipe.get("epochs")}
        if "steps" in recipe:
            classes.append([line.format(hook=self.batch_hook) for line in STOP_AFTER])
            options["callbacks"] = Code(f"[StopAfter({recipe['steps']})]")
            options["epochs"] = self.enough_epochs()
        if recipe["drop_last_batch"]:
            shuffle = "np.random.shuffle(self.order)" if recipe["shuffle"] else "pass"
            words = {"base": self.sequence, "batch": recipe["batch"], "targets": targets, "shuffle": shuffle}
            classes.append([line.format(**words) for line in FULL_BATCHES])
            fit = call("model.fit", Code("FullBatches()"), **options, shuffle=False, verbose=0)
        else:
            options = {"batch_size": recipe["batch"], **options}
            options.update({} if recipe["shuffle"] else {"shuffle": False})
            fit = call("model.fit", Code("x_train"), Code(targets), **options, verbose=0)
        parts = [*classes, [fit]]
        return [["# Training", *parts[0]], *parts[1:]]

    def enough_epochs(self):
        """An expression: not fewer than the steps take. The callback stops the last one."""
        steps, batch = self.study.recipe["steps"], self.study.recipe["batch"]
        if self.study.recipe["drop_last_batch"]:
            return Code(f"1 + {steps} // (len(x_train) // {batch})")
        return Code(f"1 + {steps} * {batch} // len(x_train)")

    def test(self):
        return [
            "# Test",
            "outputs = model.predict(x_test, batch_size=1000, verbose=0)",
            "accuracy = np.mean(outputs.argmax(axis=1) == y_test)",
            'print(f"test accuracy {100 * accuracy:.2f} %")',
        ]
