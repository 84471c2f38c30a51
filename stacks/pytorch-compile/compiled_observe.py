"""The observed form of compiled PyTorch: one compiled module with all outputs, and taps for their gradients."""

import torch
from plumbline_worker import nodes_of
from torch import nn
from torch_observe import NodeOutputs, TorchObserver


class TappedModel(nn.Module):
    """Stands in for the model during a step. Zeros that are added to each output have the output's gradient.

    To autograd a compiled module is one function, so nothing within has a gradient of its own.
    """

    METHOD = "outputs of a module compiled to give them all; their gradients by zeros added to each"

    def __init__(self, network, model, modules):
        super().__init__()
        self.model = model  # so that train() and eval() reach it
        self.outputs = NodeOutputs(network, modules)
        self.shapes = tap_shapes(network)
        self.compiled = torch.compile(self.inner_and_last)
        self.values, self.taps = {}, {}

    def inner_and_last(self, x, taps=None):
        values = self.outputs(x, taps)
        last = list(values)[-1]
        # Autograd goes on from the last output only; the others are given out as numbers.
        return {name: value if name == last else value.detach() for name, value in values.items()}

    def forward(self, x):
        self.taps = {
            name: torch.zeros(len(x), *shape, device=x.device, requires_grad=True)
            for name, shape in self.shapes.items()
        }
        self.values = self.compiled(x, self.taps)
        return list(self.values.values())[-1]

    def predicted(self, x):
        return self.compiled(x)

    def gradients(self):
        return {name: tap.grad for name, tap in self.taps.items()}


def tap_shapes(network):
    """{node: shape without the batch, channels first}"""
    shapes = {}
    for layer in network["layers"]:
        *image, channels = layer["output_shape"]
        shapes.update({node: [channels, *image] for node in nodes_of(layer)})
    return shapes


class CompiledTorchObserver(TorchObserver):
    def __init__(self, adapter):
        super().__init__(adapter, TappedModel)
