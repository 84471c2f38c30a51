"""The ends of each step of Keras's `fit`."""

import keras


class StepsOfFit(keras.callbacks.Callback):
    """Each batch is a step of the recorder. Its loss is what `fit` tells: the mean over the epoch so far."""

    def __init__(self, recorder):
        super().__init__()
        self._recorder = recorder
        self._step = None

    def on_train_batch_begin(self, batch, logs=None):
        self._bring_variables_up_to_date()
        self._step = self._recorder.step()
        self._step.__enter__()

    def on_train_batch_end(self, batch, logs=None):
        self._bring_variables_up_to_date()
        if logs and "loss" in logs:
            self._step.loss(logs["loss"])
        self._step.__exit__(None, None, None)

    def _bring_variables_up_to_date(self):
        if keras.backend.backend() == "jax":  # where `fit` keeps the state apart from them
            self.model.jax_state_sync()


def make_callback(recorder):
    return StepsOfFit(recorder)
