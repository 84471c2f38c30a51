"""What changes in a program from the CPU to a GPU, and what that program does on this machine."""

import difflib
import os

from plumbline_export import Unsupported, write_program

from plumbline_survey import programs, small_study
from plumbline_survey.frameworks import framework_of

DEADLINE_SECONDS = 200
WORDS_OF_A_GPU = ("gpu", "cuda")


def measure(request, answer):
    stack = request["stack"]
    try:
        on_cpu = write_program(small_study.request_for(stack))
        on_gpu = write_program(small_study.request_for(stack, "cuda"))
    except Unsupported as reason:
        for question in ("device_changes", "device_here"):
            answer.empty(question, str(reason))
        return
    changed = changed_lines(on_cpu, on_gpu)
    answer.evidence(on_gpu, "Changes from the CPU's program:\n" + "\n".join(changed), 0)
    added = [line for line in changed if line.startswith("+")]
    text = f"{len(added)} lines" if len(added) != 1 else "1 line"
    answer.cell("device_changes", {"lines": len(added), "diff": changed}, text if added else "nothing")
    if framework_of(stack) is None or framework_of(stack).idiom is None:
        answer.empty("device_here", "Only programs in Python are run here.")
    else:
        run_here(on_gpu, answer)


def changed_lines(before, after):
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("+ ", "- ")]


def run_here(program, answer):
    small_study.write_npz("data.npz", small_study.data_set())
    finished = programs.run_program(program, "data.npz", DEADLINE_SECONDS)
    answer.evidence("", finished.output, finished.exit_status)
    has_gpu = os.path.exists("/dev/nvidia0")
    value = {"has_gpu": has_gpu, "exit_status": finished.exit_status, "accuracy_percent": finished.accuracy}
    here = "with a GPU here" if has_gpu else "no GPU here"
    if finished.exit_status == 0:
        mentions = [
            line
            for line in finished.standard_error.splitlines()
            if any(word in line.lower() for word in WORDS_OF_A_GPU)
        ]
        value["mentions"] = mentions
        how = "and says so" if mentions else "without a word"
        text = "runs" if has_gpu else f"runs on the CPU {how}"
        answer.cell("device_here", value, f"{here}: {text}")
        return
    failure = programs.Failure(program, "program.py", finished.standard_error)
    value.update({"exception": failure.exception, "message": failure.message, "section": failure.section})
    answer.cell(
        "device_here", value, f"{here}: {failure.exception} in {failure.section}: {first_line(failure.message)}"
    )


def first_line(text):
    return text.splitlines()[0] if text else ""
