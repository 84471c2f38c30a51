"""What a probe has to say: cells, and the evidence behind them."""

import json


class Answer:
    """Cells by question. Without a script of its own, the probe's is the evidence, and its output."""

    def __init__(self):
        self.versions = {}
        self.cells = {}
        self.script = None
        self.output = None
        self.exit_status = None

    def cell(self, question, value, text):
        """`value` is for programs, `text` for people."""
        self.cells[question] = {"value": value, "text": text}

    def empty(self, question, reason):
        """A question that cannot be answered here, and why, in a sentence."""
        self.cells[question] = {"value": None, "text": "", "reason": reason}

    def evidence(self, script, output, exit_status):
        """Of several runs each is added."""
        self.script = script if self.script is None else self.script + "\n" + script
        self.output = output if self.output is None else self.output + "\n" + output
        self.exit_status = exit_status

    def as_json(self):
        document = {"plumbline_probe": 1, "versions": self.versions, "cells": self.cells}
        if self.script is not None:
            document.update({"script": self.script, "output": self.output, "exit_status": self.exit_status})
        return json.dumps(document)
