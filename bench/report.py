"""How fast a report of 10 stacks x 100 seeds is made, and how fast it opens in headless Chromium.

`opens_ms` is from the start of the navigation until the last chart is drawn, the median of the rounds; `shows_ms`
until the browser has first painted words. `bytes` is the file's size, `makes_ms` the wall time of `plumbline report`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tests" / "browser"))

from page import Browser  # noqa: E402

EXAMPLES = PROJECT / "build" / "release" / "tests" / "report" / "example_results"
FIRST_PAINT = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"


def make_report(folder, example):
    """(the page, milliseconds it took)"""
    results = folder / "results.sqlite"
    page = folder / "report.html"
    subprocess.run([EXAMPLES, example, results], check=True)
    start = time.monotonic()
    subprocess.run([PROJECT / "plumbline", "report", results, "--output", page], check=True, capture_output=True)
    return page, 1000 * (time.monotonic() - start)


def measure(example, rounds):
    with tempfile.TemporaryDirectory() as folder:
        page, makes_ms = make_report(Path(folder), example)
        browser = Browser()
        try:
            browser.open(page)  # the browser itself is warm from here on
            opens, shows = [], []
            for _ in range(rounds):
                opens.append(browser.open(page))
                shows.append(float(browser.run(FIRST_PAINT)))
        finally:
            browser.close()
        return {
            "bench": "report",
            "example": example,
            "rounds": rounds,
            "bytes": page.stat().st_size,
            "makes_ms": makes_ms,
            "opens_ms": statistics.median(opens),
            "opens_ms_by_round": opens,
            "shows_ms": statistics.median(shows),
        }


def main():
    parser = argparse.ArgumentParser(prog="bench/run report", description=__doc__)
    parser.add_argument("--example", default="large", help="an example of tests/report [large]")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    subprocess.run(
        ["cmake", "--preset", "release", "-DPLUMBLINE_TESTS=ON"], cwd=PROJECT, check=True, capture_output=True
    )
    subprocess.run(
        ["cmake", "--build", "--preset", "release", "--target", "example_results"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    measured = measure(options.example, options.rounds)
    if options.json:
        print(json.dumps(measured, indent=2))
        return
    for name in ("bytes", "makes_ms", "shows_ms", "opens_ms"):
        print("%-10s %12.0f" % (name, measured[name]))


if __name__ == "__main__":
    main()
