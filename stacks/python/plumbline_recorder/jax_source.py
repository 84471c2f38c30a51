"""JAX with Flax or without: the state before and after a step, and what `observe` finds by computing the loss again.

A jitted step shows nothing of what happens within, and is left alone. `observe` differentiates the program's own loss
function, with the outputs of Flax's modules and of what `watch` names as further results, and zeros added to each,
whose gradients are those of the outputs.
"""

import contextlib
import platform
import sys

import jax
import jax.numpy as jnp
import numpy as np
from plumbline_worker.slots import OPTAX

from plumbline_recorder.frameworks import Source
from plumbline_recorder.watch import watching

ENDS = "state before and after a step, which is seen at its ends only"
METHOD = "the loss computed again, with further results and zeros added to each output"
WEIGHT_LAYOUTS = {0: "", 1: "C", 2: "IO", 4: "HWIO"}
# By the field of an Optax state. A trace keeps its own: whether the learning rate is in it cannot be told.
SLOT_WORDS = {slot.own: slot.word for slots in OPTAX.values() for slot in slots if slot.own != "trace"}


class JaxSource(Source):
    """`model` and `optimizer` are NNX's; without them each step has to be told its state before and after."""

    def __init__(self, model, optimizer, ends_only):
        self.model, self.optimizer, self.ends_only = model if is_nnx(model) else None, optimizer, ends_only
        self.observed, self.operations, self.parameters, self.slots = None, {}, set(), {}

    def described(self):
        versions = {"jax": jax.__version__, "python": platform.python_version()}
        return {
            "framework": "JAX",
            "versions": versions,
            "observation": {
                "method": METHOD if self.operations else ENDS,
                "fused": [] if self.operations else [["(input)", "(output)"]],
                "slots": self.slots,
            },
            "operations": list(self.operations.values()),
        }

    def begin(self, step):
        self.observed = None
        if self.model is not None:
            self.put_nnx(step, "before", "slot_before")

    def end(self, step, failed):
        if self.model is not None and not failed:
            self.put_nnx(step, "after", "slot")
        if self.observed is not None and step.loss_value is not None:
            step.notes["loss_apart"] = abs(float(step.loss_value) - self.observed) / abs(self.observed)

    def before(self, step, params=None, opt_state=None, **other):
        self.put_parameters(step, "before", {"": params, **other})
        self.put_slots(step, "slot_before", opt_state)

    def after(self, step, params=None, opt_state=None, loss=None, **other):
        self.put_parameters(step, "after", {"": params, **other})
        self.put_slots(step, "slot", opt_state)
        if loss is not None:
            step.loss_value = self.numbers(loss)

    def observe(self, step, loss_of, parameters, *arguments, has_aux=False, **options):
        """`loss_of(parameters, *arguments, **options)` is the program's; the parameters are a tree, or an NNX model."""
        if self.ends_only:
            return
        parameters, call = functional(loss_of, parameters)
        arrays, rebuilt = arrays_of((arguments, options))
        classes = {}

        def results(parameters, taps, arrays):
            seen = Seen(taps)
            arguments, options = rebuilt(arrays)
            with watching(seen.see), flax_modules_seen(seen):
                loss = call(parameters, seen, *arguments, **options)
            classes.update(seen.classes)
            return (loss[0] if has_aux else loss), seen.values

        shapes = jax.eval_shape(lambda p, a: results(p, {}, a)[1], parameters, arrays)
        taps = {name: jnp.zeros(value.shape, value.dtype) for name, value in shapes.items() if is_float(value)}
        differentiated = jax.value_and_grad(results, argnums=(0, 1), has_aux=True)
        (loss, values), (gradients, by_tap) = jax.jit(differentiated)(parameters, taps, arrays)
        self.observed = float(loss)
        for name, kind in classes.items():  # in the order in which they were called
            value = values[name]
            self.operations.setdefault(name, {"name": name, "class": kind})
            layout = self.activation_layout(value.ndim)
            step.put(f"out/{name}", self.numbers(value), layout)
            if name in by_tap:
                step.put(f"grad_out/{name}", self.numbers(by_tap[name]), layout)
        for name, gradient in named_leaves(gradients):
            step.put(f"grad/{name}", self.numbers(gradient), WEIGHT_LAYOUTS.get(np.ndim(gradient)))

    def numbers(self, tensor):
        array = np.array(tensor)
        return array.astype(np.float32) if array.dtype.name == "bfloat16" else array

    def activation_layout(self, rank):
        return {0: "", 1: "N", 2: "NC", 4: "NHWC"}.get(rank)

    def put_nnx(self, step, kind, slot_kind):
        from flax import nnx

        self.put_parameters(step, kind, {"": nnx.to_pure_dict(nnx.state(self.model, is_numbers))})
        if self.optimizer is not None:
            self.put_slots(step, slot_kind, nnx.as_pure(self.optimizer.opt_state))

    def put_parameters(self, step, kind, trees):
        for prefix, tree in trees.items():
            for name, value in named_leaves(tree):
                name = "/".join(part for part in (prefix, name) if part)
                self.parameters.add(name)
                step.put(f"{kind}/{name}", self.numbers(value), WEIGHT_LAYOUTS.get(np.ndim(value)))

    def put_slots(self, step, kind, opt_state):
        """The leaves of the optimizer's state that have a parameter's name, under the word for their field."""
        for name, value in named_leaves(opt_state):
            field, parameter = next(
                ((name[: -len(p) - 1].split("/")[-1], p) for p in self.parameters if name.endswith("/" + p)),
                (None, None),
            )
            if parameter is not None:
                word = SLOT_WORDS.get(field, field)
                self.slots[word] = field
                step.put(f"{kind}/{parameter}/{word}", self.numbers(value), WEIGHT_LAYOUTS.get(np.ndim(value)))
            elif name.split("/")[-1] == "count" and kind == "slot":
                step.tensors["step"] = np.array(int(value), np.int64)


class Seen:
    """Adds to each named value its tap, and keeps the sum."""

    def __init__(self, taps):
        self.taps, self.values, self.classes, self.names = taps, {}, {}, {}

    def see(self, name, value, kind=""):
        if not hasattr(value, "dtype"):
            return value
        unique, count = name, 1
        while unique in self.values:
            count += 1
            unique = f"{name}#{count}"
        self.values[unique] = value + self.taps[unique] if unique in self.taps else value
        self.classes[unique] = kind
        return self.values[unique]


def arrays_of(tree):
    """The arrays in a tree, and a function that makes the tree of them again; all else stays as it is."""
    leaves, structure = jax.tree_util.tree_flatten(tree)
    places = [place for place, leaf in enumerate(leaves) if isinstance(leaf, (jax.Array, np.ndarray))]

    def rebuilt(arrays):
        new = list(leaves)
        for place, array in zip(places, arrays):
            new[place] = array
        return jax.tree_util.tree_unflatten(structure, new)

    return [leaves[place] for place in places], rebuilt


def is_nnx(model):
    return "flax.nnx" in sys.modules and isinstance(model, sys.modules["flax.nnx"].Module)


def functional(loss_of, parameters):
    """What to differentiate, and a function of it, of Seen, and of what else the loss takes."""
    if not is_nnx(parameters):
        return parameters, lambda p, seen, *arguments, **options: loss_of(p, *arguments, **options)
    from flax import nnx

    graph, trained, rest = nnx.split(parameters, nnx.Param, ...)

    def call(trained, seen, *arguments, **options):
        model = nnx.merge(graph, trained, rest, copy=True)
        seen.names = {id(node): path for path, node in nnx.iter_graph(model) if isinstance(node, nnx.Module)}
        return loss_of(model, *arguments, **options)

    return trained, call


@contextlib.contextmanager
def flax_modules_seen(seen):
    """While inside, each module of Flax that is called has its output seen by its place in the model."""
    with contextlib.ExitStack() as stack:
        if "flax.linen" in sys.modules:
            stack.enter_context(linen_modules_seen(seen))
        if seen.names is not None and "flax.nnx" in sys.modules:
            stack.enter_context(nnx_modules_seen(seen))
        yield


def linen_modules_seen(seen):
    from flax import linen

    def intercept(call, arguments, options, context):
        output = call(*arguments, **options)
        if context.method_name != "__call__" or not context.module.path:
            return output
        return seen.see("/".join(context.module.path), output, class_name(context.module))

    return linen.intercept_methods(intercept)


@contextlib.contextmanager
def nnx_modules_seen(seen):
    """NNX has nothing to intercept calls with, so `__call__` of its modules' classes stands aside for a while."""
    from flax import nnx

    def classes(base):
        for derived in base.__subclasses__():
            yield derived
            yield from classes(derived)

    plain = {kind: kind.__dict__["__call__"] for kind in set(classes(nnx.Module)) if "__call__" in kind.__dict__}

    def seeing(call):
        def called(module, *arguments, **options):
            output = call(module, *arguments, **options)
            path = seen.names.get(id(module))
            if not path or call is not type(module).__call__.__wrapped__:  # the whole model, or a base class's part
                return output
            return seen.see("/".join(map(str, path)), output, class_name(module))

        called.__wrapped__ = call
        return called

    for kind, call in plain.items():
        kind.__call__ = seeing(call)
    try:
        yield
    finally:
        for kind, call in plain.items():
            kind.__call__ = call


def named_leaves(tree):
    """("a/b/0", leaf) of a tree; of NNX's variables what they hold."""
    leaves = jax.tree_util.tree_flatten_with_path(tree)[0]
    return [
        ("/".join(filter(None, map(key_name, keys))), leaf)
        for keys, leaf in leaves
        if hasattr(leaf, "dtype") and not is_key(leaf)
    ]


def key_name(key):
    for attribute in ("key", "idx", "name"):
        if hasattr(key, attribute):
            name = str(getattr(key, attribute))
            return "" if name == "value" or name == "_value" else name
    return str(key)


def is_key(leaf):
    return jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key)


def is_float(value):
    return jnp.issubdtype(value.dtype, jnp.floating)


def is_numbers(path, variable):
    """For nnx.state: all but the random number generators'."""
    from flax import nnx

    return not isinstance(variable, nnx.RngState) and getattr(variable, "type", None) not in (nnx.RngKey, nnx.RngCount)


def class_name(thing):
    return f"{type(thing).__module__}.{type(thing).__qualname__}"
