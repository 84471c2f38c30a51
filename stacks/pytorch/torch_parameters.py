"""The model's parameters in the names and layouts of docs/protocol.md, and back."""

from dataclasses import dataclass

import torch
from torch import nn
from torch_model import torch_order

PARAMETERISED = (nn.Conv2d, nn.Linear, nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)
NORM_NAMES = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


@dataclass
class WireTensor:
    """One parameter: torch's tensor, taken apart to `view`, its axes in the order `axes`, makes the wire's `shape`."""

    tensor: torch.Tensor
    view: list
    axes: list
    shape: list

    def read(self):
        return self.tensor.detach().reshape(self.view).permute(self.axes).reshape(self.shape).cpu().numpy()

    def write(self, array):
        permuted = torch.from_numpy(array).reshape([self.view[axis] for axis in self.axes])
        inverse = [self.axes.index(axis) for axis in range(len(self.axes))]
        with torch.no_grad():
            self.tensor.copy_(permuted.permute(inverse).reshape(self.tensor.shape))


def wire_tensors(network, modules):
    """{wire name: WireTensor} of every parameter of the network. The tensors are the model's own."""
    order = torch_order(network)
    tensors = {}
    for layer in network["layers"]:
        for module in modules[layer["name"]]:
            if isinstance(module, PARAMETERISED):
                image = order.get(layer["inputs"][0])
                tensors.update({f"{layer['name']}/{name}": wire for name, wire in of_module(module, image)})
    return tensors


def of_module(module, image):
    if isinstance(module, nn.Conv2d):
        yield "kernel", rearranged(module.weight, module.weight.shape, [2, 3, 1, 0])
    elif isinstance(module, nn.Linear):
        outputs, inputs = module.weight.shape
        if image is None:
            yield "kernel", rearranged(module.weight, (outputs, inputs), [1, 0])
        else:
            height, width, channels = image
            view = [outputs, channels, height, width]
            yield "kernel", WireTensor(module.weight, view, [2, 3, 1, 0], [inputs, outputs])
    else:
        for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
            if name in NORM_NAMES:
                yield NORM_NAMES[name], rearranged(tensor, tensor.shape, [0])
        return
    if module.bias is not None:
        yield "bias", rearranged(module.bias, module.bias.shape, [0])


def rearranged(tensor, view, axes):
    return WireTensor(tensor, list(view), axes, [view[axis] for axis in axes])


def torch_mask(mask, image):
    """A dropout mask of the wire, (batch, ...), as the float tensor that fits torch's activations."""
    mask = torch.from_numpy(mask).float()
    if image is not None:
        mask = mask.reshape(-1, *image)
    if mask.dim() == 4:
        mask = mask.permute(0, 3, 1, 2)
    return mask if image is None else mask.flatten(1)
