"""The loop that answers Plumbline's requests, and the class that an adapter fills in."""

import os
import platform
import sys
import traceback

import numpy as np

from plumbline_worker.channel import Channel
from plumbline_worker.report import TrainingReport
from plumbline_worker.tensors import read_tensors, write_tensors


class Unsupported(Exception):
    """Raised by an adapter for what its framework cannot do; the message is the reason, a full sentence."""


class Adapter:
    """What a framework must be able to do; see docs/protocol.md for each. Arrays are NumPy, in the canonical layouts.

    The framework is to be imported in `describe` or in the function given to `serve`, so that its import is measured.
    """

    def describe(self):
        """Returns {"framework", "versions", "threads"}."""
        raise NotImplementedError

    def load_data(self, train, test, classes, input_scaling):
        """`train` and `test` are {"images": ..., "labels": ...}. Keep what the framework's users would hold."""
        raise NotImplementedError

    def build(self, network, recipe, seed, device, mode):
        """Makes model and optimizer; returns the settings."""
        raise NotImplementedError

    def get_state(self):
        """Returns {parameter name: float32 array}."""
        raise NotImplementedError

    def set_state(self, state):
        """Takes what `get_state` would return; names, shapes and dtypes have been checked."""
        raise NotImplementedError

    def train(self, report):
        """Takes `report.steps` steps with the framework's own loop, calling `report.step_done` after each."""
        raise NotImplementedError

    def step(self, indices, masks):
        """One controlled step on training images `indices`; `masks` by layer name. Returns the loss."""
        raise NotImplementedError

    def predict(self):
        """Returns the outputs for all test images, (N, classes) float32."""
        raise NotImplementedError

    def observer(self):
        """The Observer of what `build` has just made, in controlled mode; see observation.py."""
        raise Unsupported("This adapter has no observed form: it defines no `observer`.")


class _Session:
    """The requests of the protocol, by name."""

    def __init__(self, adapter, channel):
        self._make_adapter = (lambda: adapter) if isinstance(adapter, Adapter) else adapter
        self._adapter = None
        self._observer = None
        self._channel = channel

    def describe(self, request):
        self._adapter = self._make_adapter()
        result = self._adapter.describe()
        result["versions"]["python"] = platform.python_version()
        return result

    def load_data(self, request):
        train = read_tensors(request["train"])
        test = read_tensors(request["test"])
        self._adapter.load_data(train, test, request["classes"], request["input_scaling"])
        self._train_labels, self._test_images = train["labels"], len(test["labels"])
        return {"train_images": len(train["labels"]), "test_images": len(test["labels"])}

    def build(self, request):
        form = request.get("form", "plain")
        if form not in ("plain", "observed"):
            raise ValueError(f"The form of a build is 'plain' or 'observed', not {form!r}.")
        if form == "observed" and request["mode"] != "controlled":
            raise ValueError("An observed build must be in controlled mode.")
        settings = self._adapter.build(
            request["network"], request["recipe"], request["seed"], request["device"], request["mode"]
        )
        self._observer = self._adapter.observer() if form == "observed" else None
        self._steps = 0
        return {"settings": settings}

    def get_state(self, request):
        write_tensors(request["path"], self._adapter.get_state())
        return {}

    def set_state(self, request):
        state = read_tensors(request["path"])
        _check_state(state, self._adapter.get_state())
        self._adapter.set_state(state)
        return {}

    def train(self, request):
        report = TrainingReport(
            lambda progress: self._channel.send({"id": request["id"], "progress": progress}),
            request["steps"],
            request["report_seconds"],
        )
        self._adapter.train(report)
        return report.result()

    def step(self, request):
        tensors = read_tensors(request["path"])
        masks = {name[len("mask/") :]: mask for name, mask in tensors.items() if name.startswith("mask/")}
        self._steps += 1
        if "record" in request:
            return self._recorded_step(tensors["indices"], masks, request["record"])
        return {"loss": float(self._adapter.step(tensors["indices"], masks))}

    def _recorded_step(self, indices, masks, path):
        observer, before = self._observed(), self._copied_state()
        observation = observer.step(indices, masks)
        observation.add("before", before)
        observation.add("after", self._adapter.get_state())
        observation.add("mask", masks)
        observation.tensors["labels"] = self._train_labels[indices]
        observation.tensors.setdefault("step", np.array(self._steps, np.int64))
        write_tensors(path, observation.tensors)
        return {"loss": float(observation.tensors["loss"]), "observation": observation.told()}

    def _copied_state(self):
        """A framework may give out its own memory, which the next step overwrites."""
        return {name: np.array(parameter) for name, parameter in self._adapter.get_state().items()}

    def _observed(self):
        if self._observer is None:
            raise ValueError("'record' needs a build in observed form.")
        return self._observer

    def predict(self, request):
        if "record" in request:
            observation = self._observed().predict(self._image_count(request["images"]))
            observation.add("before", self._adapter.get_state())
            write_tensors(request["record"], observation.tensors)
            return {"observation": observation.told()}
        outputs = np.asarray(self._adapter.predict(), dtype=np.float32)
        write_tensors(request["path"], {"outputs": outputs})
        return {}

    def _image_count(self, images):
        if type(images) is not int or not 1 <= images <= self._test_images:
            raise ValueError(f"'images' is {images!r}; it must be from 1 to {self._test_images}, the test images.")
        return images

    def close(self, request):
        return {}


_REQUESTS = ("describe", "load_data", "build", "get_state", "set_state", "train", "step", "predict", "close")


def _check_state(state, present):
    """Raises ValueError unless `state` has the names, shapes and dtypes of `present`."""
    for name in sorted(set(state) | set(present)):
        if name not in state:
            raise ValueError(f"The state lacks the parameter {name}.")
        if name not in present:
            raise ValueError(f"The network has no parameter {name}.")
        given, own = state[name], present[name]
        if given.shape != own.shape or given.dtype != np.float32:
            came = f"{given.dtype} {given.shape}"
            raise ValueError(f"The parameter {name} came as {came}; the network's is float32 {own.shape}.")


def _answer(session, request):
    try:
        if request["request"] not in _REQUESTS:
            raise ValueError(f"The protocol has no request named {request['request']}.")
        result = getattr(session, request["request"])(request)
        return {"id": request["id"], "status": "ok", "result": result}
    except Unsupported as reason:
        return {"id": request["id"], "status": "unsupported", "reason": str(reason)}
    except Exception as error:  # noqa: BLE001 - whatever a framework throws is an answer, not the end of the channel
        reason = f"{type(error).__name__}: {error}"
        return {
            "id": request["id"],
            "status": "error",
            "reason": reason[:4000],
            "detail": traceback.format_exc()[-16000:],
        }


def serve(adapter):
    """Answers requests until `close` or the end of the channel. Never returns.

    `adapter` is an Adapter, or a function that imports and makes one and is called for `describe`.
    """
    channel = Channel(int(os.environ["PLUMBLINE_REQUEST_FD"]), int(os.environ["PLUMBLINE_RESPONSE_FD"]))
    session = _Session(adapter, channel)
    while True:
        request = channel.receive()
        if request is not None:
            channel.send(_answer(session, request))
        if request is None or request["request"] == "close":
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)  # frameworks' own shutdown can take seconds and is nobody's measurement
