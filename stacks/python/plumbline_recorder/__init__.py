"""Records training steps of your own PyTorch, TensorFlow, Keras or JAX program: docs/recordings.md.

Imports no framework; the one that is recorded is there already.
"""

from plumbline_recorder.recorder import Recorder
from plumbline_recorder.watch import watch

__all__ = ["Recorder", "watch"]
__version__ = "0.1.0"
