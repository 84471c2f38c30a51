"""What the survey must know of each shipped stack: its distributions and modules, and whose community it has."""

import platform


class Framework:
    """`distributions`: names on PyPI, alternatives separated by |; the first is the framework itself. `modules`: what
    its users import, {module: name in programs}; the first is the framework's own. `community`: whose numbers
    survey/community.csv has. `idiom`: a module of idioms/; None where programs are not in Python."""

    def __init__(self, distributions, modules, community, idiom=None):
        self.distributions = distributions
        self.modules = modules
        self.community = community
        self.idiom = idiom


TENSORFLOW = "tensorflow|tensorflow_cpu"
NUMPY = {"numpy": "np"}
PYTORCH = Framework(["torch"], {"torch": "torch", "torch.nn": "nn", "torch.nn.functional": "F"}, "PyTorch", "pytorch")

FRAMEWORKS = {
    "pytorch": PYTORCH,
    "pytorch-compile": PYTORCH,
    "libtorch": Framework(["torch"], {}, "PyTorch"),
    "tensorflow": Framework([TENSORFLOW], {"tensorflow": "tf"}, "TensorFlow", "tensorflow"),
    "keras-tensorflow": Framework(["keras", TENSORFLOW], {"keras": "keras"}, "Keras", "keras"),
    "keras-jax": Framework(["keras", "jax"], {"keras": "keras"}, "Keras", "keras"),
    "keras-torch": Framework(["keras", "torch"], {"keras": "keras"}, "Keras", "keras"),
    "keras2-theano": Framework(["Keras", "Theano"], {"keras": "keras"}, "Keras", "keras"),
    "jax": Framework(
        ["jax", "flax", "optax"],
        {"jax": "jax", "jax.numpy": "jnp", "flax.nnx": "nnx", "optax": "optax"},
        "JAX",
        "jax",
    ),
}


def framework_of(stack):
    """None for a stack that the survey does not know."""
    return FRAMEWORKS.get(stack)


def version_of(distribution):
    """Of the first alternative that is installed; None where none is."""
    from importlib import metadata

    for name in distribution.split("|"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def installed_versions(stack):
    versions = {"python": platform.python_version()}
    framework = framework_of(stack)
    for distribution in framework.distributions if framework else []:
        version = version_of(distribution)
        if version is not None:
            versions[distribution.split("|")[0]] = version
    return versions


def prepare_imports(stack):
    """What must happen before the framework's modules can be imported at all."""
    if stack == "keras2-theano":
        import collections
        import collections.abc
        import os

        os.environ["KERAS_BACKEND"] = "theano"

        for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "Sequence"):
            setattr(collections, name, getattr(collections.abc, name))
