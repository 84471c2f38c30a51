"""Fails on an include that docs/architecture.md does not allow: its table lists what each folder of src/ may use."""

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
TABLE = SOURCE.parent / "docs" / "architecture.md"
INCLUDE = re.compile(r'^#include "([a-z_]+)/', re.MULTILINE)
ROW = re.compile(r"^\| `src/([a-z_]+)/` \|[^|]*\|([^|]*)\|$", re.MULTILINE)


def allowed_edges():
    """{folder: folders it may use}, from the table in docs/architecture.md."""
    edges = {}
    for folder, cell in ROW.findall(TABLE.read_text()):
        edges[folder] = set(re.findall(r"[a-z_]+", re.sub(r"\([^)]*\)", "", cell)))
    return edges


def violations(edges):
    for path in sorted(SOURCE.rglob("*.[ch]*")):
        folder = path.relative_to(SOURCE).parts[0]
        allowed = edges.get(folder, set())
        for target in INCLUDE.findall(path.read_text()):
            if target != folder and target not in allowed and "everything" not in allowed:
                yield f"{path.relative_to(SOURCE.parent)} includes from src/{target}/, which src/{folder}/ may not use"


def main():
    edges = allowed_edges()
    missing = {path.name for path in SOURCE.iterdir() if path.is_dir()} - set(edges)
    found = [f"src/{folder}/ is not in the table of docs/architecture.md" for folder in sorted(missing)]
    found += violations(edges)
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
