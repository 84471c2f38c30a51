"""Initialisers, optimizers and losses of a wire recipe (docs/protocol.md) in PyTorch's own functions."""

import inspect

import torch
import torch.nn.functional as F
from plumbline_worker import Unsupported
from torch import nn
from torch.nn import init

# What torch.nn.Conv2d and torch.nn.Linear of 2.13 do in reset_parameters; the modules do not tell.
DEFAULT_KERNEL = "kaiming_uniform_(a=sqrt(5)): uniform within 1/sqrt(fan_in)"
DEFAULT_BIAS = "uniform_ within 1/sqrt(fan_in) of the kernel"

INITIALISERS = {
    "zeros": lambda tensor, numbers: init.zeros_(tensor),
    "constant": lambda tensor, numbers: init.constant_(tensor, numbers["value"]),
    "normal": lambda tensor, numbers: init.normal_(tensor, numbers["mean"], numbers["stddev"]),
    "truncated_normal": lambda tensor, numbers: init.trunc_normal_(
        tensor,
        numbers["mean"],
        numbers["stddev"],
        a=numbers["mean"] - 2 * numbers["stddev"],
        b=numbers["mean"] + 2 * numbers["stddev"],
    ),
    "glorot_uniform": lambda tensor, numbers: init.xavier_uniform_(tensor),
    "glorot_normal": lambda tensor, numbers: init.xavier_normal_(tensor),
    "he_uniform": lambda tensor, numbers: init.kaiming_uniform_(tensor, nonlinearity="relu"),
    "he_normal": lambda tensor, numbers: init.kaiming_normal_(tensor, nonlinearity="relu"),
    "lecun_uniform": lambda tensor, numbers: init.kaiming_uniform_(tensor, nonlinearity="linear"),
    "lecun_normal": lambda tensor, numbers: init.kaiming_normal_(tensor, nonlinearity="linear"),
}

OPTIMIZERS = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
}
# The wire's word for each of torch's; Adam's betas are a pair.
WORDS = {
    "lr": "learning_rate",
    "eps": "epsilon",
    "alpha": "rho",
    "initial_accumulator_value": "initial_accumulator",
}
FUSED = {"cpu": ("sgd", "adam", "adamw", "adagrad"), "cuda": ("sgd", "adam", "adamw")}


def initialise(modules, recipe):
    """Overwrites the kernels and biases whose initialiser the recipe names; the others keep torch's own."""
    for module in modules:
        if not isinstance(module, (nn.Conv2d, nn.Linear)):
            continue
        for tensor, wanted in ((module.weight, recipe.get("weights")), (module.bias, recipe.get("biases"))):
            if tensor is None or wanted is None or wanted["name"] == "checkpoint":
                continue
            if tensor.dim() < 2 and wanted["name"] not in ("zeros", "constant", "normal", "truncated_normal"):
                raise Unsupported(f"torch.nn.init has no {wanted['name']} for biases, which have no fan.")
            INITIALISERS[wanted["name"]](tensor, wanted)


def make_optimizer(parameters, wanted, device):
    make = OPTIMIZERS[wanted["name"]]
    signature = inspect.signature(make).parameters
    torch_words = {WORDS.get(word, word): word for word in signature}
    options = {"fused": True} if wanted["name"] in FUSED[device] else {}
    for word, value in wanted.items():
        if word in ("beta_1", "beta_2"):
            betas = list(options.get("betas", signature["betas"].default))
            betas[int(word[-1]) - 1] = value
            options["betas"] = tuple(betas)
        elif word in torch_words:
            options[torch_words[word]] = value
        elif word != "name":
            raise Unsupported(f"torch.optim.{make.__name__} has no {word}.")
    return make(parameters, **options)


def optimizer_settings(optimizer):
    settings = {"optimizer.class": f"torch.optim.{type(optimizer).__name__}"}
    for word, value in optimizer.param_groups[0].items():
        if word == "betas":
            settings["optimizer.beta_1"], settings["optimizer.beta_2"] = value
        elif word != "params":
            settings[f"optimizer.{WORDS.get(word, word)}"] = value
    return settings


def make_loss(name, classes):
    """The loss, and what it takes for labels (N)."""
    if name == "softmax_cross_entropy":
        return nn.CrossEntropyLoss(), lambda labels: labels
    return nn.MSELoss(), lambda labels: F.one_hot(labels, classes).float()
