"""Keras's JAX backend: threads, device, seed, versions."""

import os
import random

import jax
import jaxlib
import numpy as np
from plumbline_worker import Unsupported

VERSIONS = {"jax": jax.__version__, "jaxlib": jaxlib.__version__}


def use_threads(count):
    """Must come before JAX's first operation."""
    os.environ["NPROC"] = str(count)  # from it XLA takes the size of its pool for the CPU, and tells that nowhere
    return count


def use_device(device):
    """Must come before JAX's first operation. Returns the device's name."""
    try:
        if device == "cpu":
            jax.config.update("jax_platforms", "cpu")
        return jax.devices(device)[0].device_kind
    except RuntimeError as error:
        raise Unsupported(f"JAX {jax.__version__} finds no {device} device; install its build for it.") from error


def use_seed(seed):
    """What keras.utils.set_random_seed does, but for TensorFlow, which that imports wherever it is installed: seconds.

    Keras draws the seeds of its initialisers and of dropout from Python's generator, the order of images from NumPy's.
    """
    random.seed(seed)
    np.random.seed(seed)
