"""What Plumbline's Python adapters share: the protocol of docs/protocol.md. Python 3.6 and NumPy 1.16 are enough."""

from plumbline_worker.images import one_hot, scaled_images
from plumbline_worker.worker import Adapter, TrainingReport, Unsupported, serve

__all__ = ["Adapter", "TrainingReport", "Unsupported", "one_hot", "scaled_images", "serve"]
