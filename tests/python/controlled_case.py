"""Cases of one controlled step and an evaluation, and plumbline-parity-check, which judges them.

That program stands beside plumbline; PLUMBLINE_PARITY_CHECK names another.
"""

import copy
import json
import os
import subprocess

import numpy as np
from networks import (
    every_layer_network,
    flattening_network,
    paper_network,
    parameter_shapes,
    recipe,
    residual_network,
)
from plumbline_worker.tensors import write_tensors
from stacks_under_test import PROGRAM
from supported import supported

CHECK = os.environ.get("PLUMBLINE_PARITY_CHECK", str(PROGRAM.with_name("plumbline-parity-check")))

# Network, images in a batch. The reference takes about a second for an image of the paper's network.
NETWORKS = {
    "paper": (paper_network(), 4),
    "residual": (residual_network(), 12),
    "every layer": (every_layer_network(), 12),
    "flattening": (flattening_network(), 12),
}
# What no stack may call unsupported.
EVERYWHERE = ("paper", "residual")
SCALING = {"factor": 1 / 255, "mean": 0.1307, "stddev": 0.3081}
LEARNING_RATE = 0.1


class ControlledCase:
    """Images, labels, weights, a batch and its masks for one of NETWORKS; always the same ones."""

    def __init__(self, name):
        self.name = name
        self.network, batch = NETWORKS[name]
        random = np.random.RandomState(11)
        self.images = random.randint(0, 256, (batch + 5, *self.network["input"])).astype(np.uint8)
        self.labels = random.randint(0, 10, batch + 5)
        self.indices = random.permutation(batch + 5)[:batch]
        dropouts = [layer for layer in self.network["layers"] if layer["operation"] == "dropout"]
        self.masks = {
            layer["name"]: (random.rand(batch, *layer["output_shape"]) >= layer["rate"]).astype(np.uint8)
            for layer in dropouts
        }
        self.state = some_state(self.network, random)
        optimizer = {"name": "sgd", "learning_rate": LEARNING_RATE}
        self.recipe = recipe(batch, optimizer, weights={"name": "checkpoint"}, input_scaling=SCALING)

    def prepare(self, trial, network=None, **form):
        """Loads, builds the case's network or another, and sets the state. Returns the settings."""
        trial.load(self.images, self.labels, test_images=self.test_images(), scaling=SCALING)
        build = trial.build if self.name in EVERYWHERE else self._build_if_supported(trial)
        settings = build(network or self.network, self.recipe, mode="controlled", **form)
        trial.set_state(self.state)
        return settings

    @staticmethod
    def _build_if_supported(trial):
        return lambda *arguments, **members: supported(trial.build, *arguments, **members)

    def test_images(self):
        return self.images[: len(self.indices)]

    def written(self, folder, settings, loss, after, outputs=None):
        """The case of plumbline-parity-check, its tensors written to the folder; without outputs only the training."""
        write_tensors(str(folder / "state"), self.state)
        write_tensors(str(folder / "after"), after)
        given = {f"mask/{layer}": mask for layer, mask in self.masks.items()}
        batch = {"images": self.images[self.indices], "labels": self.labels[self.indices], **given}
        write_tensors(str(folder / "batch"), batch)
        case = {
            "network": resolved(self.network, settings),
            "recipe": {word: value for word, value in self.recipe.items() if word != "weights"},
            "dialect": dialect(settings),
            "state": "state",
            "training": {"batches": ["batch"], "losses": [loss], "after": "after"},
        }
        if outputs is not None:
            write_tensors(str(folder / "evaluated"), {"images": self.test_images()})
            write_tensors(str(folder / "outputs"), {"outputs": outputs})
            case["evaluation"] = {"images": "evaluated", "outputs": "outputs"}
        return case


def some_state(network, random):
    """Weights of the size that a network in training has, none of them zero."""
    state = {}
    for name, shape in parameter_shapes(network).items():
        values = random.standard_normal(shape)
        if name.endswith("kernel"):
            values *= (2 / np.prod(shape[:-1])) ** 0.5
        elif name.endswith(("gamma", "moving_variance")):
            values = 1 + 0.2 * np.abs(values)
        else:
            values *= 0.1
        state[name] = values.astype(np.float32)
    return state


def resolved(network, settings):
    """The network with what the study left out as the stack says that it uses it."""
    network = copy.deepcopy(network)
    for layer in network["layers"]:
        words = {"batch_norm": ["momentum", "epsilon"], "layer_norm": ["epsilon"]}.get(layer["operation"], [])
        for word in words:
            layer.setdefault(word, settings.get(f"{layer['name']}.{word}"))
        wanted = layer.get("activation", {})
        for word in {"leaky_relu": ["slope"], "gelu": ["approximate"]}.get(wanted.get("name"), []):
            wanted.setdefault(word, settings.get(f"{layer['name']}.{word}"))
    return network


def dialect(settings):
    """The dialect that the stack tells of, as the case file has it."""
    words = {value for name, value in settings.items() if name.endswith(".running_variance")}
    return {"batch_norm.running_variance": words.pop()} if words else {}


def judge(folder, case):
    """The exit status of plumbline-parity-check, and what it says."""
    (folder / "case.json").write_text(json.dumps(case))
    done = subprocess.run([CHECK, str(folder / "case.json")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()
