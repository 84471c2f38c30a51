"""Keras's PyTorch backend: threads, device, seed, versions."""

import keras
import torch
from plumbline_worker import Unsupported

VERSIONS = {"torch": torch.__version__}


def use_threads(count):
    torch.set_num_threads(count)
    return torch.get_num_threads()


def use_device(device):
    """Returns the device's name."""
    if device == "cuda" and not torch.cuda.is_available():
        raise Unsupported(
            f"PyTorch {torch.__version__} finds no GPU; it was built without CUDA, or no driver is there."
        )
    # Entered for good. Keras's other way to choose, KERAS_TORCH_DEVICE, is read when Keras is imported.
    keras.device("gpu:0" if device == "cuda" else "cpu:0").__enter__()
    return torch.cuda.get_device_name(0) if device == "cuda" else "cpu"


def use_seed(seed):
    keras.utils.set_random_seed(seed)
