"""Runs programs as a user would, and reads what became of them."""

import os
import re
import subprocess
import sys
import time

# What Plumbline sets for workers, and a user's shell does not have.
NOT_A_USERS = ("PYTHONPATH", "KERAS_BACKEND", "KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL")
MAX_OUTPUT = 40000
SECTIONS = ("Files", "Data", "Model", "Training", "Test")


class Finished:
    """A program that has ended: `exit_status` is None where it was killed at its deadline."""

    def __init__(self, exit_status, standard_output, standard_error, seconds):
        self.exit_status = exit_status
        self.standard_output = standard_output
        self.standard_error = standard_error
        self.seconds = seconds

    @property
    def output(self):
        return self.standard_output + self.standard_error

    @property
    def accuracy(self):
        """In percent, where the program printed it."""
        found = re.search(r"test accuracy (\S+) %", self.standard_output)
        return float(found.group(1)) if found else None


def users_variables():
    return {name: value for name, value in os.environ.items() if name not in NOT_A_USERS}


def run(command, seconds, variables=None):
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        env=dict(users_variables(), **(variables or {})),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        output, errors = process.communicate(timeout=seconds)
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.kill()
        output, errors = process.communicate()
        status = None
    took = time.monotonic() - started
    return Finished(status, bounded(output), bounded(errors), took)


def bounded(data):
    """The start and the end of a long output."""
    text = data.decode("utf-8", "replace")
    if len(text) <= MAX_OUTPUT:
        return text
    return text[: MAX_OUTPUT // 2] + "\n[...]\n" + text[-MAX_OUTPUT // 2 :]


def run_program(text, data, seconds, name="program.py", variables=None):
    """Runs a program in this interpreter's Python, with `data` as its argument."""
    with open(name, "w") as file:
        file.write(text)
    return run([sys.executable, name, data], seconds, variables)


def section_starts(text):
    """[(line number, section)] of a program that Plumbline wrote."""
    starts = [(1, "imports")]
    for number, line in enumerate(text.splitlines(), start=1):
        word = line[2:].split(":")[0] if line.startswith("# ") else ""
        if word in SECTIONS:
            starts.append((number, word))
    return starts


def section_of(text, line_number):
    return [section for start, section in section_starts(text) if start <= line_number][-1]


def without_section(text, section):
    """A program up to the beginning of a section."""
    start = {name: number for number, name in section_starts(text)}[section]
    return "".join(line + "\n" for line in text.splitlines()[: start - 1])


class Failure:
    """What a traceback says: the exception, and the program's own lines that led to it."""

    def __init__(self, program, name, standard_error):
        traceback = standard_error.split("Traceback (most recent call last):")[-1]
        frames = re.findall(r'^ *File ".*%s", line (\d+)' % re.escape(name), traceback, re.MULTILINE)
        self.lines = [int(number) for number in frames]
        after = re.split(r"^(?=[^\s\"'])", traceback, maxsplit=1, flags=re.MULTILINE)[-1].strip()
        self.exception, _, self.message = after.partition(":")
        self.exception = self.exception.strip().split(".")[-1]
        self.message = self.message.strip()
        self.section = section_of(program, self.lines[0]) if self.lines else None
        self.statement = program.splitlines()[self.lines[-1] - 1].strip() if self.lines else None
