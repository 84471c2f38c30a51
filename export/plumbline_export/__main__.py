"""Reads a request, one JSON object, from the file that is named and prints the program.

Status 3 and a sentence on standard error where there can be none.
"""

import json
import sys

from plumbline_export import Unsupported, write_program

try:
    with open(sys.argv[1]) as request:
        print(write_program(json.load(request)), end="")
except Unsupported as reason:
    print(reason, file=sys.stderr)
    sys.exit(3)
