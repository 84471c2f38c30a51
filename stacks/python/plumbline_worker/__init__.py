"""What Plumbline's Python adapters share: the protocol of docs/protocol.md. Python 3.6 and NumPy 1.16 are enough."""

from plumbline_worker.images import one_hot, scaled_images
from plumbline_worker.observation import Observation, Observer, nodes_of
from plumbline_worker.worker import Adapter, TrainingReport, Unsupported, serve

__all__ = [
    "Adapter",
    "Observation",
    "Observer",
    "TrainingReport",
    "Unsupported",
    "nodes_of",
    "one_hot",
    "scaled_images",
    "serve",
]
