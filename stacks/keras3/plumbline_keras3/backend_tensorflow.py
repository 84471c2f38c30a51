"""Keras's TensorFlow backend: threads, device, seed, versions."""

import keras
import tensorflow as tf
from plumbline_worker import Unsupported

VERSIONS = {"tensorflow": tf.__version__}


def use_threads(count):
    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)
    return tf.config.threading.get_intra_op_parallelism_threads()


def use_device(device):
    """Must come before TensorFlow's first operation. Returns the device's name."""
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        return "cpu"
    if not gpus:
        raise Unsupported(
            f"TensorFlow {tf.__version__} finds no GPU; it was built without CUDA, or no driver is there."
        )
    return tf.config.experimental.get_device_details(gpus[0]).get("device_name", gpus[0].name)


def use_seed(seed):
    keras.utils.set_random_seed(seed)
