"""Which framework a program uses, and the source of tensors for it."""

import importlib

SOURCES = {
    "torch": ("plumbline_recorder.torch_source", "TorchSource"),
    "tensorflow": ("plumbline_recorder.tensorflow_source", "TensorFlowSource"),
    "keras": ("plumbline_recorder.keras_model.source", "KerasSource"),
    "jax": ("plumbline_recorder.jax_source", "JaxSource"),
}


class Source:
    """What a framework must be able to tell. Each keeps nothing from one step to the next."""

    def described(self):
        """For the index: framework, versions, optimizer, slots, operations, observation."""
        raise NotImplementedError

    def begin(self, step):
        """Before the step's first operation."""
        raise NotImplementedError

    def end(self, step, failed):
        """After its last; `failed` where the program raised an error in between."""
        raise NotImplementedError

    def numbers(self, tensor):
        """A tensor, or a number, as an array of its own."""
        raise NotImplementedError

    def activation_layout(self, rank):
        """The framework's usual layout of a batch of so many axes."""
        raise NotImplementedError


def make_source(framework, model, optimizer, ends_only):
    if framework not in SOURCES:
        raise ValueError(f"The framework is {framework!r}; it must be one of {', '.join(map(repr, SOURCES))}.")
    module, name = SOURCES[framework]
    return getattr(importlib.import_module(module), name)(model, optimizer, ends_only)


def framework_of(model, optimizer):
    """Told by where the classes of the model, or of what it holds, come from."""
    packages = _packages(model)
    if "keras" in packages:
        if optimizer is None:
            return "keras"
        if "torch" in packages:
            return "torch"
        return "jax" if _keras_backend() == "jax" else "tensorflow"
    for package, framework in (("torch", "torch"), ("tensorflow", "tensorflow"), ("flax", "jax"), ("jaxlib", "jax")):
        if package in packages or package in _packages(optimizer):
            return framework
    raise ValueError(
        "The recorder cannot tell which framework this is. Give it the model, or say framework='torch', 'tensorflow', "
        "'keras' or 'jax'."
    )


def _packages(thing):
    """The packages of a thing's class and its bases; of a container's, those of its first element."""
    while isinstance(thing, (dict, list, tuple)) and thing:
        thing = next(iter(thing.values() if isinstance(thing, dict) else thing))
    return {base.__module__.split(".")[0] for base in type(thing).__mro__}


def _keras_backend():
    import keras

    return keras.backend.backend()
