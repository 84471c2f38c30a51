#pragma once

namespace plumbline {

// The tables of a survey. They are added to a results file by the first survey that is kept in it,
// and have a version of their own: a program that knows nothing of them is not disturbed.
inline constexpr int kSurveyFormat = 1;

// docs/results.md explains every column.
inline constexpr const char* kSurveySchema = R"sql(
CREATE TABLE IF NOT EXISTS survey_format (version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS survey_evidence (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  superseded INTEGER NOT NULL DEFAULT 0,
  stack TEXT NOT NULL,
  probe TEXT NOT NULL,
  command TEXT NOT NULL,
  script TEXT NOT NULL,
  output TEXT NOT NULL,
  exit_status INTEGER,
  reason TEXT NOT NULL,
  versions TEXT NOT NULL,
  network_isolated INTEGER NOT NULL,
  wall_seconds REAL NOT NULL,
  measured_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS survey_evidence_by_probe ON survey_evidence(stack, probe, superseded);
CREATE TABLE IF NOT EXISTS survey_cell (
  evidence_id INTEGER NOT NULL REFERENCES survey_evidence(id),
  question TEXT NOT NULL,
  value TEXT NOT NULL,
  text TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (evidence_id, question)
) WITHOUT ROWID;
)sql";

}  // namespace plumbline
