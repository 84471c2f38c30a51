"""What a user's program calls."""

import contextlib
import traceback
import warnings

import numpy as np

from plumbline_recorder.frameworks import framework_of, make_source
from plumbline_recorder.recording import Recording

WRITTEN_BY = "plumbline_recorder 0.1.0"


class Recorder:
    """Records `steps` training steps, from the one numbered `start` on, into the folder.

    The program's numbers stay what they are. What the recorder cannot do it says in a warning and in the recording's
    index, and leaves the training alone; with `strict` it raises.
    """

    def __init__(
        self,
        folder,
        model=None,
        optimizer=None,
        steps=10,
        start=1,
        framework=None,
        ends_only=False,
        overwrite=False,
        strict=False,
    ):
        """`framework` is "torch", "tensorflow", "keras" or "jax", and told from the model where it is left out.

        With `ends_only` nothing within a step is looked at: for compiled steps that cannot be.
        """
        self._strict = strict
        self._first, self._last = start, start + steps - 1
        self._number = 0
        self._broken = False
        self._recording = Recording(folder, WRITTEN_BY, overwrite)
        self._source = None
        with self._safely("look at the model"):
            self._source = make_source(framework or framework_of(model, optimizer), model, optimizer, ends_only)
            self._recording.index.update(self._source.described())
        self._recording.write_index()

    def step(self, *batch, **named):
        """A context manager around one training step. What is given, as images and labels, is recorded as the batch."""
        self._number += 1
        if self._broken or not self._first <= self._number <= self._last:
            return _Unrecorded()
        return _Step(self, self._source, self._number, batch, named)

    def callback(self):
        """For Keras's `fit`: a callback that records the ends of each step."""
        from plumbline_recorder.keras_model.callback import make_callback

        return make_callback(self)

    @contextlib.contextmanager
    def _safely(self, what):
        try:
            yield
        except Exception as error:  # noqa: BLE001 - a recorder must not end a training
            self._broken = True
            if self._strict:
                raise
            problem = f"The recorder could not {what}, and stopped recording: {type(error).__name__}: {error}"
            self._recording.index["problems"].append(problem)
            self._recording.write_index()
            warnings.warn(problem + "\n" + traceback.format_exc(), stacklevel=4)

    def _save(self, step):
        loss = None if step.loss_value is None else float(step.loss_value)
        if loss is not None:
            step.put("loss", np.float32(loss), "")
        step.tensors.setdefault("step", np.array(step.number, np.int64))
        self._recording.index.update(self._source.described())
        self._recording.add_step(step.number, step.tensors, step.layouts, loss, step.notes)


class _Unrecorded:
    """A step that is not recorded."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def loss(self, loss):
        return loss

    def add(self, name, tensor):
        return tensor

    def before(self, *arguments, **named):
        pass

    def observe(self, *arguments, **options):
        pass

    def after(self, *arguments, **named):
        pass


class _Step:
    """A step that is recorded. `tensors`, `layouts` and `notes`, for the index, are what the recording gets."""

    def __init__(self, recorder, source, number, batch, named):
        self.number = number
        self.tensors, self.layouts, self.notes = {}, {}, {}
        self.loss_value = None
        self.batch = batch
        self.named = named
        self._recorder, self._source = recorder, source

    def __enter__(self):
        with self._recorder._safely("begin a step"):
            for name, tensor in [*enumerate(self.batch), *self.named.items()]:
                self.add(str(name), tensor)
            self._source.begin(self)
        return self

    def __exit__(self, kind, error, trace):
        with self._recorder._safely("end a step"):
            self._source.end(self, failed=kind is not None)
            if kind is None and not self._recorder._broken:
                self._recorder._save(self)
        return False

    def loss(self, loss):
        """Tells the step's loss; gives it back."""
        with self._recorder._safely("read the loss"):
            self.loss_value = self._source.numbers(loss)
        return loss

    def add(self, name, tensor):
        """Records a tensor of the program's, as `batch/<name>`; gives it back."""
        with self._recorder._safely(f"read {name}"):
            array = self._source.numbers(tensor)
            self.put(f"batch/{name}", array, self._source.activation_layout(array.ndim))
        return tensor

    def before(self, *arguments, **named):
        """For JAX: the parameters and the optimizer's state before the step."""
        with self._recorder._safely("read the state before"):
            self._source.before(self, *arguments, **named)

    def observe(self, *arguments, **options):
        """For JAX: computes the loss once more, and records what happens within."""
        with self._recorder._safely("observe the loss"):
            self._source.observe(self, *arguments, **options)

    def after(self, *arguments, **named):
        """For JAX: the parameters and the optimizer's state after the step."""
        with self._recorder._safely("read the state after"):
            self._source.after(self, *arguments, **named)

    def put(self, name, array, layout=None):
        """For the sources. A name that is there already, as of a module called twice, gets a number."""
        unique, count = name, 1
        while unique in self.tensors:
            count += 1
            unique = f"{name}#{count}"
        self.tensors[unique], self.layouts[unique] = array, layout
        return unique
