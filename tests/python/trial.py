"""One trial with a worker: the requests of docs/protocol.md with arrays instead of paths."""

import numpy as np
from driver import Worker
from networks import SCALING
from plumbline_worker.tensors import read_tensors, write_tensors


class Trial:
    """A worker that can be given data and networks again and again."""

    def __init__(self, command, environment, folder):
        self.worker = Worker(command, environment, timeout_seconds=590)
        self.described = self.worker.request("describe")
        self._folder = folder

    def path(self, name):
        return str(self._folder / name)

    def load(self, images, labels, test_images=None, classes=10, scaling=SCALING):
        """The test images are the training images unless given."""
        test = images if test_images is None else test_images
        write_tensors(self.path("train"), {"images": images, "labels": labels})
        write_tensors(self.path("test"), {"images": test, "labels": np.zeros(len(test), np.int64)})
        paths = {"train": self.path("train"), "test": self.path("test")}
        counts = self.worker.request("load_data", **paths, classes=classes, input_scaling=scaling)
        assert counts == {"train_images": len(images), "test_images": len(test)}

    def build(self, network, recipe, mode="as-shipped", seed=1, device="cpu", **form):
        members = {"network": network, "recipe": recipe, "seed": seed, "device": device, "mode": mode, **form}
        return self.worker.request("build", **members)["settings"]

    def state(self):
        self.worker.request("get_state", path=self.path("state"))
        return read_tensors(self.path("state"))

    def set_state(self, state):
        write_tensors(self.path("given"), state)
        self.worker.request("set_state", path=self.path("given"))

    def train(self, steps, report_seconds=0.0):
        return self.worker.request("train", steps=steps, report_seconds=report_seconds)

    def step(self, indices, masks=None):
        return self._step(indices, masks)["loss"]

    def observed_step(self, indices, masks=None):
        """The answer, and the tensors of the record."""
        answer = self._step(indices, masks, record=self.path("record"))
        return answer, read_tensors(self.path("record"))

    def _step(self, indices, masks, **record):
        masks = {f"mask/{layer}": mask for layer, mask in (masks or {}).items()}
        write_tensors(self.path("step"), {"indices": np.asarray(indices, np.int64), **masks})
        return self.worker.request("step", path=self.path("step"), **record)

    def predict(self):
        self.worker.request("predict", path=self.path("outputs"))
        return read_tensors(self.path("outputs"))["outputs"]

    def observed_predict(self, images):
        """The answer, and the tensors of the record."""
        answer = self.worker.request("predict", record=self.path("record"), images=images)
        return answer, read_tensors(self.path("record"))


def spots(shape, count, seed=0):
    """Images of noise and labels 0 to 9 that can be learnt: a bright row or column tells the label."""
    random = np.random.RandomState(seed)
    labels = np.arange(count) % 10
    images = random.randint(0, 60, (count, *shape)).astype(np.uint8)
    for image, label in zip(images, labels):
        image[label % shape[0]] += 150
    return images, labels


def cross_entropy(logits, labels):
    """The mean over the images, in float64."""
    logits = logits.astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels])
