"""What a training tells while it runs and when it is done."""

import time


class TrainingReport:
    """Times the first step and sends progress now and then. Call `step_done` after every step."""

    MAX_POINTS = 1000

    def __init__(self, send_progress, steps, report_seconds):
        self.steps = steps
        self.first_step_seconds = None
        self.curve = []
        self._send_progress = send_progress
        self._report_seconds = report_seconds
        self._started = time.monotonic()
        self._next_report = self._started
        self._reports = 0
        self._reports_per_point = 1

    def step_done(self, step, read_loss):
        """`step` counts from 1. `read_loss()` gives the loss as a float; it is called only when a report is due."""
        now = time.monotonic()
        if now < self._next_report and step != self.steps and step != 1:
            return
        loss = float(read_loss())
        if step == 1:
            now = time.monotonic()  # reading the loss waits for an asynchronous device
            self.first_step_seconds = now - self._started
        self._next_report = now + self._report_seconds
        self._add_point(step, loss)
        self._send_progress({"step": step, "steps": self.steps, "loss": loss})

    def _add_point(self, step, loss):
        """Keeps every n-th report, and the last step; when the curve is full, every second point goes and n doubles."""
        if self._reports % self._reports_per_point == 0 or step == self.steps:
            if len(self.curve) == self.MAX_POINTS:
                self.curve = self.curve[::2]
                self._reports_per_point *= 2
            self.curve.append([step, loss])
        self._reports += 1

    def result(self):
        if not self.curve:
            raise ValueError("The training ended without a step.")
        last_step, last_loss = self.curve[-1]
        return {
            "steps": last_step,
            "first_step_seconds": self.first_step_seconds,
            "loss": last_loss,
            "curve": self.curve,
        }
