"""The dated numbers of survey/community.csv: framework, measure, number, date, source; no number without its date.

Measures: contributors, releases, open_issues, and `released VERSION`, whose number is a date.
"""

import csv

COLUMNS = ("framework", "measure", "number", "date", "source")


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if set(row) != set(COLUMNS) or not all(row.values()):
            raise ValueError(f"{path}: each row must have {', '.join(COLUMNS)}; this one has not: {row}")
    return rows


def write(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def of(rows, framework, measure):
    """Oldest first."""
    found = [row for row in rows if row["framework"] == framework and row["measure"] == measure]
    return sorted(found, key=lambda row: row["date"])
