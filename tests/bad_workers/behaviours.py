"""What bad_worker.py can do wrong. Each function is called in place of the answer to one request, with the channel, the
obedient worker, the request and the bare answer, and returns an answer of its own, or SENT. With None the bare answer
goes on, with the obedient worker's result unless it has one by now.
"""

import json
import os
import shutil
import signal
import socket
import sys
import time

import tensors

FOREVER = 3600
SENT = "the answer is on its way already"
DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: nobody has it


def crash(channel, worker, request, answer):
    print("about to crash", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)


def end_badly(channel, worker, request, answer):
    sys.exit("the framework is out of sorts")  # to standard error, with status 1


def end_silently(channel, worker, request, answer):
    os._exit(0)


def hang(channel, worker, request, answer):
    time.sleep(FOREVER)


def hang_deaf(channel, worker, request, answer):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    time.sleep(FOREVER)


def close_channel(channel, worker, request, answer):
    os.close(channel.response_fd)
    time.sleep(FOREVER)


def garbage(channel, worker, request, answer):
    channel.send_bytes(b"\x07\x00\x00\x00no json and much more \xff\xfe")
    time.sleep(FOREVER)


def oversize(channel, worker, request, answer):
    channel.send_bytes(b"\xff\xff\xff\xff{}")
    time.sleep(FOREVER)


def deep(channel, worker, request, answer):
    nested = []
    for _ in range(80):
        nested = [nested]
    return {"id": request["id"], "status": "ok", "result": {"nested": nested}}


def half_message(channel, worker, request, answer):
    whole = channel.encode(dict(answer, result={}))
    channel.send_bytes(whole[: len(whole) // 2])
    os._exit(0)


def byte_by_byte(channel, worker, request, answer):
    answer["result"] = getattr(worker, request["request"])(request)
    for byte in channel.encode(answer):
        channel.send_bytes(bytes([byte]))
    return SENT


def wrong_id(channel, worker, request, answer):
    return {"id": request["id"] + 1, "status": "ok", "result": {}}


def wrong_status(channel, worker, request, answer):
    return {"id": request["id"], "status": "fine", "result": {}}


def wrong_result(channel, worker, request, answer):
    return {"id": request["id"], "status": "ok", "result": [1, 2]}


def answer_twice(channel, worker, request, answer):
    answer["result"] = getattr(worker, request["request"])(request)
    channel.send(answer)


def unsupported(channel, worker, request, answer):
    return {"id": request["id"], "status": "unsupported", "reason": "There is no framework here."}


def error(channel, worker, request, answer):
    return {"id": request["id"], "status": "error", "reason": "ValueError: no", "detail": "Traceback: \x1b[31mred"}


def progress(channel, worker, request, answer):
    for step in range(1, 4):
        loss = "nan" if step == 3 else 1.0 / step
        channel.send({"id": request["id"], "progress": {"step": step, "steps": 3, "loss": loss}})


def bad_progress(channel, worker, request, answer):
    channel.send({"id": request["id"], "progress": {"step": "three", "steps": 3, "loss": 1.0}})
    time.sleep(FOREVER)


def progress_flood(channel, worker, request, answer):
    block = channel.encode({"id": request["id"], "progress": {"step": 1, "steps": 3, "loss": 1.0}}) * 1000
    while True:
        channel.send_bytes(block)


def print_gigabyte(channel, worker, request, answer):
    block = b"all work and no play " * 50000
    for stream in (1, 2):
        for _ in range(512):
            os.write(stream, block)


def memory_hog(channel, worker, request, answer):
    held = []
    while True:
        held.append(b"x" * (16 << 20))


def memory_hog_in_children(channel, worker, request, answer):
    for _ in range(4):
        if os.fork() == 0:
            memory_hog(channel, worker, request, answer)
    time.sleep(FOREVER)


def grandchildren(channel, worker, request, answer):
    """Out of our session, without a parent, deaf, and holding all that they inherited."""
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                time.sleep(FOREVER)
            os._exit(0)
        os.wait()


def environment(channel, worker, request, answer):
    print(json.dumps(dict(os.environ)), file=sys.stderr, flush=True)


def network(channel, worker, request, answer):
    """Tries the port of this machine that BAD_WORKER_PORT names, and an address out in the world."""
    for address in (("127.0.0.1", int(os.environ.get("BAD_WORKER_PORT", "9"))), (DOCUMENTATION_ADDRESS, 80)):
        try:
            socket.create_connection(address, timeout=0.5).close()
            answer["result"] = {"reached": address[0]}
        except OSError as reason:
            print(address[0], type(reason).__name__, file=sys.stderr, flush=True)
    if "result" not in answer:
        answer.update(status="error", reason="OSError: there is no network")


def wrong_shapes(channel, worker, request, answer):
    """Every tensor that the worker writes from now on has one value too many."""
    worker.state = {name: ([tensors.size(shape) + 1], values + [0.0]) for name, (shape, values) in worker.state.items()}
    worker.test_images += 1


def nan_loss(channel, worker, request, answer):
    answer["result"] = dict(worker.train(request), loss="nan", curve=[[1, 2.3], [request["steps"], "nan"]])


def nan_weights(channel, worker, request, answer):
    worker.state = {name: (shape, [float("nan")] * len(values)) for name, (shape, values) in worker.state.items()}


def no_training(channel, worker, request, answer):
    """Claims to have trained and leaves the weights as they were."""
    state = dict(worker.state)
    answer["result"] = worker.train(request)
    worker.state = state


def fewer_steps(channel, worker, request, answer):
    answer["result"] = dict(worker.train(request), steps=request["steps"] - 1)


def broken_steps(channel, worker, request, answer):
    answer["result"] = dict(worker.train(request), steps="nan")


def progress_of_other_steps(channel, worker, request, answer):
    channel.send({"id": request["id"], "progress": {"step": 2**59, "steps": 2**59, "loss": 1.0}})
    time.sleep(FOREVER)


def many_lines(channel, worker, request, answer):
    return {"id": request["id"], "status": "error", "reason": "ValueError: one\ntwo\nthree"}


def pipe_as_file(channel, worker, request, answer):
    os.mkfifo(request["path"])
    answer["result"] = {}


def spoil_data(channel, worker, request, answer):
    """Overwrites the tensors of the training images and of the test images in their files."""
    answer["result"] = worker.load_data(request)
    for part in ("train", "test"):
        size = os.path.getsize(request[part])
        with open(request[part], "r+b") as file:
            file.seek(size // 2)
            file.write(bytes(size - size // 2))


def remove_folders(channel, worker, request, answer):
    """Of the whole run, not of this trial alone."""
    shutil.rmtree(os.path.dirname(os.path.dirname(request["path"])))
    answer.update(status="error", reason="There is nothing left.")


def no_file(channel, worker, request, answer):
    answer["result"] = {}
