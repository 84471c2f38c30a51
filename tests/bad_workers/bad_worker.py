"""A worker that speaks the protocol by itself and misbehaves as BAD_WORKER_MODE says: `<behaviour>` or
`<behaviour>:<request>`, where the request at which it does so is `train` if none is given. `good` misbehaves nowhere.
"""

import json
import os
import random
import struct
import sys

import behaviours
import tensors


class Channel:
    def __init__(self):
        self.request_fd = int(os.environ["PLUMBLINE_REQUEST_FD"])
        self.response_fd = int(os.environ["PLUMBLINE_RESPONSE_FD"])

    def receive(self):
        prefix = self._read(4)
        if len(prefix) < 4:
            sys.exit(0)
        return json.loads(self._read(struct.unpack("<I", prefix)[0]).decode("utf-8"))

    def _read(self, count):
        data = b""
        while len(data) < count:
            more = os.read(self.request_fd, count - len(data))
            if not more:
                break
            data += more
        return data

    def send_bytes(self, data):
        while data:
            data = data[os.write(self.response_fd, data) :]

    @staticmethod
    def encode(message):
        body = json.dumps(message).encode("utf-8")
        return struct.pack("<I", len(body)) + body

    def send(self, message):
        self.send_bytes(self.encode(message))


class Worker:
    """Obeys the protocol, except that it learns nothing: training moves every weight by a little."""

    def __init__(self):
        self.state = {}
        self.test_images = 0
        self.classes = 0

    def describe(self, request):
        return {"framework": "none", "versions": {"python": sys.version.split()[0]}, "threads": 1}

    def load_data(self, request):
        counts = [tensors.shape_in(request[part], "labels")[0] for part in ("train", "test")]
        self.test_images = counts[1]
        self.classes = request["classes"]
        return {"train_images": counts[0], "test_images": counts[1]}

    def build(self, request):
        generator = random.Random(request["seed"])
        for name, shape in tensors.parameter_shapes(request["network"]).items():
            self.state[name] = (shape, [generator.uniform(-0.05, 0.05) for _ in range(tensors.size(shape))])
        return {"settings": {"loop": "none", "device.name": "none"}}

    def get_state(self, request):
        tensors.write(request["path"], self.state)
        return {}

    def set_state(self, request):
        return {}

    def train(self, request):
        for name, (shape, values) in self.state.items():
            self.state[name] = (shape, [value + 0.001 for value in values])
        steps = request["steps"]
        return {"steps": steps, "first_step_seconds": 0.0, "loss": 0.5, "curve": [[1, 2.3], [steps, 0.5]]}

    def step(self, request):
        return {"loss": 2.3}

    def predict(self, request):
        shape = [self.test_images, self.classes]
        tensors.write(request["path"], {"outputs": (shape, [0.1] * tensors.size(shape))})
        return {}

    def close(self, request):
        return {}


def answer_to(request, misbehaviour, channel, worker):
    answer = {"id": request["id"], "status": "ok"}
    if misbehaviour:
        answer = misbehaviour(channel, worker, request, answer) or answer
    if answer != behaviours.SENT and answer["status"] == "ok" and "result" not in answer:
        answer["result"] = getattr(worker, request["request"])(request)
    return answer


def main():
    behaviour, _, phase = os.environ.get("BAD_WORKER_MODE", "good").partition(":")
    channel = Channel()
    worker = Worker()
    while True:
        request = channel.receive()
        misbehaves = behaviour != "good" and request["request"] == (phase or "train")
        answer = answer_to(request, getattr(behaviours, behaviour) if misbehaves else None, channel, worker)
        if answer != behaviours.SENT:
            channel.send(answer)
        if request["request"] == "close":
            return


if __name__ == "__main__":
    main()
