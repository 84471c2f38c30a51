"""Opens real reports in headless Chromium through its driver. The results files are made by the example_results of
tests/report, so every run sees the same numbers."""

import os
import subprocess
from pathlib import Path

import pytest
from page import Browser

PROJECT = Path(__file__).resolve().parents[2]
BUILD = PROJECT / "build" / "release"
PROGRAM = Path(os.environ.get("PLUMBLINE_PROGRAM", BUILD / "bin" / "plumbline"))
EXAMPLES = BUILD / "tests" / "report" / "example_results"


class Reports:
    """Pages of examples, made once."""

    def __init__(self, folder):
        self.folder = folder

    def page(self, example):
        path = self.folder / (example + ".html")
        if not path.exists():
            results = self.folder / (example + ".results.sqlite")
            subprocess.run([EXAMPLES, example, results], check=True)
            subprocess.run([PROGRAM, "report", results, "--output", path], check=True, capture_output=True)
        return path


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    return Reports(tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="session")
def browser():
    opened = Browser()
    yield opened
    opened.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request):
    return request.param
