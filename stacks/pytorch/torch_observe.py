"""The observed form of the PyTorch adapter: its own step, with a model that keeps each operation's output."""

import dataclasses

import numpy as np
import torch
from plumbline_worker import Observation, Observer, nodes_of
from plumbline_worker.slots import TORCH, canonical_slot, described_slots
from torch import nn
from torch_model import torch_order
from torch_parameters import wire_tensors


class NodeOutputs(nn.Module):
    """The layers of `modules` one after another; gives the outputs of all operations by name, and "input"."""

    def __init__(self, network, modules):
        super().__init__()
        self.nodes = []
        for layer in network["layers"]:
            inputs = layer["inputs"]
            for name, parts in zip(nodes_of(layer), split(layer, modules[layer["name"]])):
                self.nodes.append((name, inputs, parts))
                inputs = [name]

    def forward(self, x, taps=None):
        """`taps` are added to the outputs, by name: their gradients are those of the outputs."""
        values = {"input": x}
        for name, inputs, parts in self.nodes:
            given = [values[source] for source in inputs]
            y = parts[0](*given)
            for part in parts[1:]:
                y = part(y)
            if y is given[0]:  # as nn.Flatten of vectors; but each operation has a gradient of its own
                y = y.view_as(y)
            if taps is None and torch.is_grad_enabled() and not y.requires_grad:  # it comes before the first weight
                y.requires_grad_()
            values[name] = y if taps is None else y + taps[name]
        return values


def split(layer, modules):
    """The modules of a layer for each of its nodes; a fused activation is the last of them."""
    return [modules[:-1], modules[-1:]] if len(nodes_of(layer)) == 2 else [modules]


class RetainingModel(nn.Module):
    """Stands in for the model during a step: outputs as autograd keeps them, gradients by retain_grad."""

    METHOD = "outputs of the modules, called one by one; their gradients by retain_grad"

    def __init__(self, network, model, modules):
        super().__init__()
        self.model = model  # so that train() and eval() reach it
        self.outputs = NodeOutputs(network, modules)
        self.values = {}

    def forward(self, x):
        self.values = self.outputs(x)
        for value in list(self.values.values())[1:]:
            value.retain_grad()
        return list(self.values.values())[-1]

    def predicted(self, x):
        return self.outputs(x)

    def gradients(self):
        return {name: value.grad for name, value in list(self.values.items())[1:]}


class TorchObserver(Observer):
    def __init__(self, adapter, model_type=RetainingModel):
        self.adapter = adapter
        self.order = torch_order(adapter.network)
        self.model = model_type(adapter.network, adapter.model, adapter.modules)
        self.slots = TORCH[type(adapter.optimizer).__name__]
        self.update = {}
        adapter.optimizer.register_step_pre_hook(lambda *_: self.before_update())

    def step(self, indices, masks):
        plain, self.adapter.model = self.adapter.model, self.model
        try:
            loss = self.adapter.step(indices, masks)
        finally:
            self.adapter.model = plain
        observation = Observation(self.model.METHOD, slots=described_slots(self.slots))
        observation.add("out", self.canonical(self.model.values))
        observation.add("grad_out", self.canonical(self.gradients()))
        for kind, tensors in self.update.items():
            observation.add(kind, tensors)
        observation.add("slot", self.slot_values())
        observation.add_number("loss", loss, np.float32)
        for state in list(self.adapter.optimizer.state.values())[:1]:
            if "step" in state:
                observation.add_number("step", int(state["step"]), np.int64)
        return observation

    def predict(self, images):
        self.model.eval()
        with torch.inference_mode():
            values = self.model.predicted(self.adapter.test_images[:images])
        observation = Observation(self.model.METHOD)
        observation.add("out", self.canonical(values))
        return observation

    def gradients(self):
        """Of every operation's output; an output that nothing reads has none, which is zero."""
        return {
            name: torch.zeros_like(self.model.values[name]) if gradient is None else gradient
            for name, gradient in self.model.gradients().items()
        }

    def before_update(self):
        """What the optimizer is given; called by it in each step, plain ones too."""
        self.update = {"grad": {}, "slot_before": self.slot_values()}
        for name, wire in self.trainable():
            gradient = wire.tensor.grad
            gradient = torch.zeros_like(wire.tensor) if gradient is None else gradient
            self.update["grad"][name] = copied(dataclasses.replace(wire, tensor=gradient))

    def slot_values(self):
        values = {}
        for name, wire in self.trainable():
            state = self.adapter.optimizer.state.get(wire.tensor, {})
            for slot in self.slots:
                if state.get(slot.own) is not None:
                    own = copied(dataclasses.replace(wire, tensor=state[slot.own]))
                    values[f"{name}/{slot.word}"] = canonical_slot(slot, own)
        return values

    def trainable(self):
        wires = wire_tensors(self.adapter.network, self.adapter.modules)
        return [(name, wire) for name, wire in wires.items() if wire.tensor.requires_grad]

    def canonical(self, values):
        """Activations or their gradients by operation, as the protocol lays them out."""
        return {name: channels_last(value.detach(), self.order.get(name)) for name, value in values.items()}


def channels_last(value, image):
    """`image` is the (height, width, channels) that nn.Flatten left in torch's order, or None."""
    if image is not None:
        height, width, channels = image
        return channels_last(value.reshape(-1, channels, height, width), None).reshape(len(value), -1)
    if value.dim() == 4:
        value = value.permute(0, 2, 3, 1)
    return value.cpu().numpy().copy()


def copied(wire):
    return np.array(wire.read())
