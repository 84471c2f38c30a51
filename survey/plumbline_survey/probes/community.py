"""How many people and releases a framework has: read from a dated file with its sources, never from memory."""

import datetime

from plumbline_survey import community_file, words
from plumbline_survey.frameworks import framework_of, version_of

QUESTIONS = ("contributors", "releases", "open_issues", "release_age")
REFRESH = "'plumbline survey --refresh CLONE' reads it from a local git clone"


def measure(request, answer):
    framework = framework_of(request["stack"])
    if framework is None:
        for question in QUESTIONS:
            answer.empty(question, "The survey does not know whose community this stack has.")
        return
    rows = community_file.read(request["community"])
    answer.evidence(community_text(rows, framework.community), "", 0)
    for question in QUESTIONS[:3]:
        measure_count(community_file.of(rows, framework.community, question), question, framework, answer)
    measure_age(rows, framework, answer)


def community_text(rows, framework):
    """The file's lines on one framework, but for all the releases."""
    lines = [",".join(community_file.COLUMNS)]
    for row in rows:
        if row["framework"] == framework and not row["measure"].startswith("released"):
            lines.append(",".join(row[column] for column in community_file.COLUMNS))
    return "\n".join(lines)


def measure_count(rows, question, framework, answer):
    if not rows:
        reason = f"The file of dated numbers has none for {framework.community}"
        answer.empty(
            question, f"{reason}; {REFRESH}." if question != "open_issues" else f"{reason}; git does not know."
        )
        return
    texts = [f"{int(row['number']):,} ({row['date']})" for row in reversed(rows)]
    answer.cell(question, rows, words.joined(texts, "and"))


def measure_age(rows, framework, answer):
    version = version_of(framework.distributions[0])
    version = version.split("+")[0] if version else None
    found = community_file.of(rows, framework.community, f"released {version}")
    if not found:
        answer.empty(
            "release_age", f"The file of dated numbers has no date for {framework.community} {version}; {REFRESH}."
        )
        return
    date = found[-1]["number"]
    days = (datetime.date.today() - datetime.date.fromisoformat(date)).days
    answer.cell("release_age", {"version": version, "released": date, "days": days}, f"{age(days)} (since {date})")


def age(days):
    return words.counted(days, "day") if days < 730 else f"{days / 365.25:.1f} years"
