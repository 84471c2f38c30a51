"""What each optimizer's name means, in float64. Where epsilon stands is every framework's own dialect, so that an
epsilon that matters can be compared for adadelta alone, where all agree with its paper.
"""

import numpy as np


def update_by(name, numbers):
    """A function of a parameter and its gradient that returns what the optimizer takes away. It remembers its past."""
    memory = {"steps": 0, "buffer": 0.0, "mean": 0.0, "square": numbers.get("initial_accumulator", 0.0), "moves": 0.0}
    decay = numbers["weight_decay"]

    def update(parameter, gradient):
        memory["steps"] += 1
        coupled = 0.0 if name == "adamw" else decay * parameter
        step = DIRECTIONS[name](gradient + coupled, numbers, memory)
        return numbers["learning_rate"] * (step + (decay * parameter if name == "adamw" else 0.0))

    return update


def sgd(gradient, numbers, memory):
    """Sutskever et al. 2013, with a learning rate that stays."""
    momentum = numbers["momentum"]
    memory["buffer"] = momentum * memory["buffer"] + gradient
    return gradient + momentum * memory["buffer"] if numbers["nesterov"] else memory["buffer"]


def adam(gradient, numbers, memory):
    """Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019 for the decay of adamw."""
    first, second = numbers["beta_1"], numbers["beta_2"]
    memory["mean"] = first * memory["mean"] + (1 - first) * gradient
    memory["square"] = second * memory["square"] + (1 - second) * gradient**2
    mean = memory["mean"] / (1 - first ** memory["steps"])
    square = memory["square"] / (1 - second ** memory["steps"])
    return mean / (np.sqrt(square) + numbers["epsilon"])


def rmsprop(gradient, numbers, memory):
    """Hinton's lecture 6e, with the momentum that frameworks add."""
    memory["square"] = numbers["rho"] * memory["square"] + (1 - numbers["rho"]) * gradient**2
    memory["buffer"] = numbers["momentum"] * memory["buffer"] + gradient / np.sqrt(memory["square"])
    return memory["buffer"]


def adagrad(gradient, numbers, memory):
    """Duchi et al. 2011, diagonal."""
    memory["square"] = memory["square"] + gradient**2
    return gradient / np.sqrt(memory["square"])


def adadelta(gradient, numbers, memory):
    """Zeiler 2012, algorithm 1."""
    rho, epsilon = numbers["rho"], numbers["epsilon"]
    memory["square"] = rho * memory["square"] + (1 - rho) * gradient**2
    move = np.sqrt((memory["moves"] + epsilon) / (memory["square"] + epsilon)) * gradient
    memory["moves"] = rho * memory["moves"] + (1 - rho) * move**2
    return move


DIRECTIONS = {
    "sgd": sgd,
    "adam": adam,
    "adamw": adam,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
    "adadelta": adadelta,
}
