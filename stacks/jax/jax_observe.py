"""The observed form of the JAX adapter: its own step, on a network that adds zeros to each output and keeps the sums,
and an optimizer that keeps the gradients that it is given."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax_model import parameters
from plumbline_worker import Observation, Observer, nodes_of
from plumbline_worker.slots import OPTAX, canonical_slot, described_slots

METHOD = "outputs kept in variables of the network; their gradients by zeros added to each"


class Tap(nnx.Param):
    """Zeros (batch, ...); a parameter, so that the step asks for its gradient, which is that of the output."""


class Seen(nnx.Variable):
    """A value of the latest step."""


class SeenNetwork(nnx.Module):
    """Calls the layers of `model`. `parts` has for each of them the number of its operations."""

    def __init__(self, model, parts, shapes):
        self.model, self.parts = model, parts
        self.taps = nnx.List([Tap(jnp.zeros(shape)) for shape in shapes[1:]])
        self.seen = nnx.List([Seen(jnp.zeros(shape)) for shape in shapes])

    def __call__(self, x):
        values, outputs = [x], []
        for call, inputs, parts in zip(self.model.layers, self.model.inputs, self.parts):
            given = [values[i] for i in inputs]
            for part in call.layers if parts == 2 else [call]:
                outputs.append(part(*given) + self.taps[len(outputs)][...])
                given = outputs[-1:]
            values += given
        for seen, value in zip(self.seen, [x, *outputs]):
            seen.set_value(value)
        return values[-1]


class SeenOptimizer(nnx.Module):
    """Stands in for the optimizer of a model that is now within `network`."""

    def __init__(self, optimizer, network):
        self.optimizer = optimizer
        self.given = nnx.List([Seen(jnp.zeros_like(zeros)) for _, zeros in flat(nnx.state(network, nnx.Param))])

    def update(self, network, gradients):
        for seen, (_, gradient) in zip(self.given, flat(gradients)):
            seen.set_value(gradient)
        self.optimizer.update(network.model, gradients["model"])


def flat(state):
    """[(path, array)] of a state, always in the same order."""
    return [(path, variable[...]) for path, variable in nnx.to_flat_state(state)]


class JaxObserver(Observer):
    def __init__(self, adapter):
        self.adapter = adapter
        self.slots = OPTAX[adapter.recipe["optimizer"]["name"]]
        self.layers = adapter.network["layers"]
        self.names = [name for layer in self.layers for name in nodes_of(layer)]
        names = {id(variable): name for name, variable in parameters(adapter.layers).items()}
        self.parameter_at = {path: names[id(v)] for path, v in nnx.iter_graph(adapter.model) if id(v) in names}
        self.forward = nnx.jit(lambda network, images: (network(images), [seen[...] for seen in network.seen])[1])

    def seen_network(self, batch):
        shapes = [self.adapter.network["input"]]
        shapes += [layer["output_shape"] for layer in self.layers for _ in nodes_of(layer)]
        parts = tuple(len(nodes_of(layer)) for layer in self.layers)
        return SeenNetwork(self.adapter.model, parts, [(batch, *shape) for shape in shapes])

    def step(self, indices, masks):
        adapter = self.adapter
        network = self.seen_network(len(indices))
        optimizer = SeenOptimizer(adapter.optimizer, network)
        observation = Observation(METHOD, slots=described_slots(self.slots))
        observation.add("slot_before", self.slot_values())
        plain = adapter.model, adapter.optimizer
        adapter.model, adapter.optimizer = network, optimizer
        try:
            loss = adapter.step(indices, masks)
        finally:
            adapter.model, adapter.optimizer = plain
        paths = [path for path, _ in flat(nnx.state(network, nnx.Param))]
        given = {path: np.array(seen[...]) for path, seen in zip(paths, optimizer.given)}
        of_model = {path[1:]: gradient for path, gradient in given.items() if path[0] == "model"}
        observation.add("out", self.outputs(network.seen))
        observation.add("grad_out", {name: given["taps", i] for i, name in enumerate(self.names)})
        observation.add("grad", {self.parameter_at[path]: gradient for path, gradient in of_model.items()})
        observation.add("slot", self.slot_values())
        observation.add_number("loss", loss, np.float32)
        observation.add_number("step", adapter.optimizer.step[...], np.int64)
        return observation

    def predict(self, images):
        network = self.seen_network(images)
        network.eval()
        seen = self.forward(network, self.adapter.test_images[:images])
        observation = Observation(METHOD)
        observation.add("out", self.outputs(seen))
        return observation

    def outputs(self, seen):
        return {name: np.array(value[...]) for name, value in zip(["input", *self.names], seen)}

    def slot_values(self):
        """The fields of the states in the optimizer's chain, by the parameters' names."""
        words = {slot.own: slot for slot in self.slots}
        values = {}
        for keys, leaf in jax.tree_util.tree_flatten_with_path(nnx.as_pure(self.adapter.optimizer.opt_state))[0]:
            path = [getattr(key, "key", getattr(key, "name", None)) for key in keys]
            own = next((field for field in path if field in words), None)
            if own is not None:
                name = self.parameter_at[tuple(path[path.index(own) + 1 :])]
                rate = self.adapter.recipe["optimizer"]["learning_rate"]
                values[f"{name}/{words[own].word}"] = canonical_slot(words[own], np.array(leaf), rate)
        return values
