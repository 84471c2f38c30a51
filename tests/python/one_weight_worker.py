"""A worker whose network is one weight: what test_worker.py talks to."""

import numpy as np
from plumbline_worker import Adapter, Unsupported, scaled_images, serve


class OneWeight(Adapter):
    def describe(self):
        return {"framework": "one weight", "versions": {}, "threads": 1}

    def load_data(self, train, test, classes, input_scaling):
        self.test_images = scaled_images(test["images"], input_scaling)
        self.classes = classes

    def build(self, network, recipe, seed, device, mode):
        if device == "cuda":
            raise Unsupported("This adapter has no cuda.")
        self.weight = np.zeros(1, np.float32)
        return {"loop": "for"}

    def get_state(self):
        return {"one/kernel": self.weight}

    def set_state(self, state):
        self.weight = state["one/kernel"]

    def train(self, report):
        for step in range(1, report.steps + 1):
            self.weight = self.weight + 1
            report.step_done(step, self.weight.item)

    def step(self, indices, masks):
        return indices.sum() + masks["drop"].sum()

    def predict(self):
        return np.tile(self.test_images * self.weight, (1, self.classes)).astype(np.float64)


serve(OneWeight)
