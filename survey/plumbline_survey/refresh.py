"""python -m plumbline_survey.refresh FILE CLONE...: writes what local git clones tell into the file of dated numbers.

From each: contributors (distinct author names, .mailmap applied, of all that the newest commit stands on), releases
(tags of a version) and the date of each. They are dated by the clone's newest commit. What a clone told before is
replaced.
"""

import re
import subprocess
import sys

from plumbline_survey import community_file

# Which framework a clone is of: the folder at its top that only that framework has.
FOLDERS = {
    "tensorflow": "TensorFlow",
    "torch": "PyTorch",
    "keras": "Keras",
    "theano": "Theano",
    "jax": "JAX",
}
VERSION = re.compile(r"^(?:rel-|jax-v|v)?(\d+\.\d+(?:\.\d+)?)$")


class NotUsable(Exception):
    """A sentence for the user."""


def git(clone, *arguments):
    command = ["git", "-c", "safe.directory=*", "-C", clone, *arguments]
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    if finished.returncode != 0:
        said = finished.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotUsable(f"'{clone}' cannot be read as a git clone: {said[-1] if said else 'git failed'}")
    return finished.stdout.decode("utf-8", "replace")


def framework_of_clone(clone):
    top = set(git(clone, "ls-tree", "-d", "--name-only", "HEAD").split())
    found = [framework for folder, framework in FOLDERS.items() if folder in top]
    if len(found) != 1:
        known = ", ".join(FOLDERS)
        raise NotUsable(f"'{clone}' is not a clone that is known here: at its top should be just one of {known}.")
    return found[0]


def rows_of(clone):
    framework = framework_of_clone(clone)
    commit, date = git(clone, "log", "-1", "--format=%H %cs", "HEAD").split()
    if git(clone, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise NotUsable(
            f"'{clone}' is a shallow clone, whose history is not whole; 'git fetch --unshallow' completes it."
        )
    authors = len(git(clone, "shortlog", "--summary", "HEAD").splitlines())
    releases = releases_of(clone)
    source = f"git clone of {framework} at {commit[:12]}"
    row = {"framework": framework, "date": date, "source": source}
    rows = [dict(row, measure="contributors", number=str(authors))]
    rows.append(dict(row, measure="releases", number=str(len(releases))))
    rows += [dict(row, measure=f"released {version}", number=day) for version, day in sorted(releases.items())]
    return rows


def releases_of(clone):
    """{version: date} by the tags."""
    releases = {}
    for line in git(
        clone, "for-each-ref", "--format=%(refname:strip=2) %(creatordate:short)", "refs/tags"
    ).splitlines():
        tag, _, day = line.partition(" ")
        found = VERSION.match(tag)
        if found and day:
            releases[found.group(1)] = day
    return releases


def refreshed(rows, new):
    """The old rows, without what another clone of the framework told, and the new ones."""
    framework = new[0]["framework"]
    kept = [row for row in rows if row["framework"] != framework or not row["source"].startswith("git clone")]
    return kept + new


def main(path, clones):
    rows = community_file.read(path)
    for clone in clones:
        new = rows_of(clone)
        rows = refreshed(rows, new)
        print(
            f"{new[0]['framework']}: {new[0]['number']} contributors, {new[1]['number']} releases on {new[0]['date']}"
        )
    community_file.write(path, rows)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except NotUsable as reason:
        print(reason, file=sys.stderr)
        sys.exit(3)
