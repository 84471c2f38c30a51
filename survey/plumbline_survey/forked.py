"""Runs something in a copy of this process, which has imported a framework already: what it does ends with the copy."""

import io
import json
import os
import select
import signal
import sys
import traceback

NETWORK_WORDS = (
    "urlopen error",
    "Name or service not known",
    "Temporary failure in name resolution",
    "Network is unreachable",
    "Max retries exceeded",
    "URL fetch failure",
)
MAX_REASON = 300


def run_forked(function, seconds):
    """("runs" | "fails" | "network", reason): "network" where it failed for want of one. What it prints is lost."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.write(writer, json.dumps(executed(function)).encode())
        os._exit(0)
    os.close(writer)
    try:
        return outcome_of(reader, seconds)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def outcome_of(reader, seconds):
    ready, _, _ = select.select([reader], [], [], seconds)
    if not ready:
        return "fails", f"not done within {seconds} s"
    data = os.read(reader, 65536)
    return tuple(json.loads(data.decode())) if data else ("fails", "the process ended")


def executed(function):
    silence = open(os.devnull, "w")  # noqa: SIM115 - for the rest of the process
    sys.stdout = sys.stderr = silence
    sys.stdin = io.StringIO()
    os.dup2(silence.fileno(), 1)
    os.dup2(silence.fileno(), 2)
    try:
        function()
        return "runs", ""
    except BaseException as error:  # whatever it does is its outcome
        reason = traceback.format_exception_only(type(error), error)[-1].strip()[:MAX_REASON]
        wants_network = any(word in traceback.format_exc() for word in NETWORK_WORDS)
        return "network" if wants_network else "fails", reason
