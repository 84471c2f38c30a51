"""PyTorch: forward hooks for outputs, tensors' hooks for their gradients, the optimizer's hook for what it is given.

Hooks read copies; nothing of the computation changes. They are there only while a step is recorded.
"""

import platform

import numpy as np
import torch
from plumbline_worker.slots import TORCH, canonical_slot, described_slots
from torch import nn

from plumbline_recorder.frameworks import Source
from plumbline_recorder.watch import watching

CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict)
WEIGHT_LAYOUTS = {nn.Conv2d: "OIHW", nn.ConvTranspose2d: "IOHW", nn.Linear: "OI"}
METHOD = "hooks of the modules and of their outputs"
COMPILED = "hooks of the compiled module, which is seen at its ends only"


class TorchSource(Source):
    def __init__(self, model, optimizer, ends_only):
        if not isinstance(model, nn.Module):
            raise TypeError(f"The recorder needs the model, a torch.nn.Module, not a {type(model).__name__}.")
        self.model, self.optimizer, self.ends_only = model, optimizer, ends_only
        self.is_compiled = hasattr(model, "_orig_mod")
        self.modules = {plain(name): module for name, module in model.named_modules()}
        self.slots = TORCH.get(type(optimizer).__name__, [])
        self.operations = {}
        self.step, self.handles, self.given = None, [], {}

    def described(self):
        whole = self.is_compiled or self.ends_only
        told = {
            "framework": "PyTorch",
            "versions": {"torch": torch.__version__, "python": platform.python_version()},
            "observation": {
                "method": COMPILED if whole else METHOD,
                "fused": [["(input)", "(output)"]] if whole else [],
                "slots": described_slots(self.slots),
            },
            "operations": list(self.operations.values()),
        }
        if self.optimizer is not None:
            told["optimizer"] = {"class": class_name(self.optimizer), **settings(self.optimizer)}
        return told

    def begin(self, step):
        self.step, self.given = step, {}
        self.put_state("before")
        self.put_slots("slot_before")
        self.watching = watching(self.watched)
        self.watching.__enter__()
        self.handles = [self.model.register_forward_pre_hook(self.inputs_seen, with_kwargs=True)]
        for name, module in self.seen_modules():
            self.handles.append(module.register_forward_hook(self.output_hook(name)))
        if self.optimizer is not None:
            self.handles.append(self.optimizer.register_step_pre_hook(lambda *_: self.put_given()))

    def end(self, step, failed):
        for handle in self.handles:
            handle.remove()
        self.watching.__exit__()
        if not failed:
            if not self.given:
                self.put_given()
            self.put_state("after")
            self.put_slots("slot")
        self.step = None

    def numbers(self, tensor):
        if not isinstance(tensor, torch.Tensor):
            return np.array(tensor)
        tensor = tensor.detach().cpu()
        if tensor.is_floating_point() and tensor.dtype not in (torch.float32, torch.float64):
            tensor = tensor.float()
        return tensor.numpy().copy()

    def activation_layout(self, rank):
        return {0: "", 1: "N", 2: "NC", 4: "NCHW"}.get(rank)

    def watched(self, name, tensor):
        self.put_output(name, tensor, self.activation_layout(tensor.dim()))
        return tensor

    def seen_modules(self):
        """(name, module), but containers, whose output is their last module's."""
        if self.is_compiled or self.ends_only:
            return [("(output)", self.model)]
        modules = [(name or "(output)", module) for name, module in self.model.named_modules()]
        return [(name, module) for name, module in modules if not isinstance(module, CONTAINERS)]

    def inputs_seen(self, module, arguments, named):
        for name, value in [*enumerate(arguments), *named.items()]:
            if isinstance(value, torch.Tensor):
                self.step.put(f"input/{name}", self.numbers(value), self.activation_layout(value.dim()))

    def output_hook(self, name):
        def seen(module, arguments, output):
            self.describe(name, module)
            tensors = output if isinstance(output, (tuple, list)) else [output]
            names = [name] if tensors[0] is output else [f"{name}.{i}" for i in range(len(tensors))]
            for part, tensor in zip(names, tensors):
                if isinstance(tensor, torch.Tensor):
                    self.put_output(part, tensor, output_layout(module, arguments, tensor))

        return seen

    def put_output(self, name, tensor, layout):
        kept = self.step.put(f"out/{name}", self.numbers(tensor), layout)
        step, name = self.step, kept[len("out/") :]
        if tensor.requires_grad:
            tensor.register_hook(lambda gradient: void(step.put(f"grad_out/{name}", self.numbers(gradient), layout)))

    def put_given(self):
        """The gradients as the optimizer is given them, clipped and unscaled as they then are."""
        for name, parameter in self.parameters():
            if parameter.grad is not None:
                self.given[name] = True
                self.step.put(f"grad/{name}", self.numbers(parameter.grad), self.layout_of(name))

    def parameters(self):
        return [(plain(name), parameter) for name, parameter in self.model.named_parameters()]

    def put_state(self, kind):
        buffers = [(plain(name), buffer) for name, buffer in self.model.named_buffers()]
        for name, tensor in [*self.parameters(), *buffers]:
            self.step.put(f"{kind}/{name}", self.numbers(tensor), self.layout_of(name))

    def put_slots(self, kind):
        """What the optimizer remembers; what has no word in docs/protocol.md under its own."""
        words = {slot.own: slot for slot in self.slots}
        for name, parameter in self.parameters() if self.optimizer is not None else []:
            for own, value in self.optimizer.state.get(parameter, {}).items():
                if own == "step":
                    self.step.tensors["step"] = np.int64(float(value))
                elif isinstance(value, torch.Tensor):
                    array = self.numbers(value)
                    array = canonical_slot(words[own], array) if own in words else array
                    word = words[own].word if own in words else own
                    self.step.put(f"{kind}/{name}/{word}", array, self.layout_of(name))

    def layout_of(self, name):
        module, _, part = name.rpartition(".")
        owner = self.modules.get(module)
        rank = getattr(owner, part).dim() if isinstance(getattr(owner, part, None), torch.Tensor) else None
        if rank in (0, 1):
            return "C"[:rank]
        layouts = [layout for kind, layout in WEIGHT_LAYOUTS.items() if isinstance(owner, kind) and part == "weight"]
        return layouts[0] if layouts else None

    def describe(self, name, module):
        own = [plain(part) for part, _ in module.named_parameters(recurse=False)]
        prefix = "" if name == "(output)" else name + "."
        self.operations.setdefault(
            name,
            {
                "name": name,
                "class": class_name(module),
                "settings": module.extra_repr(),
                "parameters": [prefix + part for part in own],
            },
        )


def output_layout(module, arguments, output):
    """Of nn.Flatten of an image "N(CHW)" with the image's extents, which say how the features are ordered."""
    if isinstance(module, nn.Flatten) and arguments and arguments[0].dim() == 4 and output.dim() == 2:
        return "N(CHW) %d %d %d" % tuple(arguments[0].shape[1:])
    return {0: "", 1: "N", 2: "NC", 4: "NCHW"}.get(output.dim())


def settings(optimizer):
    """The numbers of the first group; of the others where they differ."""
    groups = [{word: value for word, value in group.items() if word != "params"} for group in optimizer.param_groups]
    told = {
        word: value for word, value in groups[0].items() if isinstance(value, (bool, int, float, tuple, type(None)))
    }
    return {**told, "groups": len(groups)}


def class_name(thing):
    return f"{type(thing).__module__}.{type(thing).__qualname__}"


def plain(name):
    """Without what torch.compile puts before."""
    return name.replace("_orig_mod.", "").replace("_orig_mod", "")


def void(_):
    """A tensor's hook that gives something back would replace the gradient."""
