"""python -m plumbline_survey PROBE REQUEST: runs one probe and prints its answer, one line of JSON (docs/survey.md).

REQUEST is a JSON file. Whatever else the probe and its framework print comes before that line.
"""

import importlib
import json
import sys

from plumbline_survey.answer import Answer
from plumbline_survey.frameworks import installed_versions


def main(probe, path):
    with open(path) as file:
        request = json.load(file)
    answer = Answer()
    answer.versions = installed_versions(request["stack"])
    importlib.import_module("plumbline_survey.probes." + probe).measure(request, answer)
    sys.stdout.flush()
    print("\n" + answer.as_json(), flush=True)


main(*sys.argv[1:])
