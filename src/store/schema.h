#pragma once

namespace plumbline {

// The results file is SQLite with this application id ("PLUM") and its schema's version in
// user_version.
inline constexpr int kApplicationId = 0x504c554d;
inline constexpr int kSchemaVersion = 2;

// docs/results.md explains every column.
inline constexpr const char* kSchema = R"sql(
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  study_text TEXT NOT NULL,
  mode TEXT NOT NULL,
  threads INTEGER NOT NULL,
  plumbline_version TEXT NOT NULL,
  machine TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  until_settled INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE trial (
  id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES run(id),
  key TEXT NOT NULL,
  superseded INTEGER NOT NULL DEFAULT 0,
  data TEXT NOT NULL,
  stack TEXT NOT NULL,
  device TEXT NOT NULL,
  seed INTEGER NOT NULL,
  mode TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  steps INTEGER NOT NULL,
  final_loss REAL,
  accuracy REAL,
  test_images INTEGER NOT NULL,
  wall_seconds REAL NOT NULL,
  user_seconds REAL NOT NULL,
  system_seconds REAL NOT NULL,
  peak_resident_bytes INTEGER NOT NULL,
  other_load REAL NOT NULL,
  network_isolated INTEGER NOT NULL,
  pid_isolated INTEGER NOT NULL,
  standard_output TEXT NOT NULL,
  standard_error TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL
);
CREATE INDEX trial_by_key ON trial(key, superseded);
CREATE TABLE phase (
  trial_id INTEGER NOT NULL REFERENCES trial(id),
  name TEXT NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (trial_id, name)
) WITHOUT ROWID;
CREATE TABLE curve_point (
  trial_id INTEGER NOT NULL REFERENCES trial(id),
  step INTEGER NOT NULL,
  loss REAL,
  PRIMARY KEY (trial_id, step)
) WITHOUT ROWID;
CREATE TABLE setting (
  trial_id INTEGER NOT NULL REFERENCES trial(id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (trial_id, name)
) WITHOUT ROWID;
CREATE TABLE version (
  trial_id INTEGER NOT NULL REFERENCES trial(id),
  package TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (trial_id, package)
) WITHOUT ROWID;
CREATE TABLE prediction (
  trial_id INTEGER PRIMARY KEY REFERENCES trial(id),
  correct BLOB NOT NULL,
  predicted_class BLOB NOT NULL
);
)sql";

// Brings a file of version 1 to this one.
inline constexpr const char* kUpgradeFrom1 =
    "ALTER TABLE run ADD COLUMN until_settled INTEGER NOT NULL DEFAULT 0";

}  // namespace plumbline
