#include "store/results_database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>

#include "base/text.h"
#include "store/schema.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr int kBusyMilliseconds = 5000;
// Of one value. A prediction is two bytes a test image, a log 256 KiB.
constexpr int kMaxValueBytes = 64 << 20;

SQLite::Database open(const fs::path& path, int flags) {
  SQLite::Database database(path.string(), flags, kBusyMilliseconds);
  sqlite3_limit(database.getHandle(), SQLITE_LIMIT_LENGTH, kMaxValueBytes);
  return database;
}

struct Format {
  int application = 0;
  int version = 0;
  int tables = 0;
};

Format format_of(SQLite::Database& database) {
  return {database.execAndGet("PRAGMA application_id").getInt(),
          database.execAndGet("PRAGMA user_version").getInt(),
          database.execAndGet("SELECT count(*) FROM sqlite_master").getInt()};
}

void check_format(const fs::path& path, const Format& format) {
  if (format.application != kApplicationId) {
    throw EnvironmentError(fmt::format(
        "{} is not a results file of Plumbline. Name another with --results FILE.", path.string()));
  }
  if (format.version > kSchemaVersion) {
    throw EnvironmentError(fmt::format(
        "{} was written by a newer Plumbline (its format is {}, this program knows {}). Use that "
        "version, or name another file with --results FILE.",
        path.string(),
        format.version,
        kSchemaVersion));
  }
}

void create(SQLite::Database& database) {
  SQLite::Transaction transaction(database);
  database.exec(kSchema);
  database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
  database.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
  transaction.commit();
}

void upgrade(SQLite::Database& database) {
  SQLite::Transaction transaction(database);
  database.exec(kUpgradeFrom1);
  database.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
  transaction.commit();
}

Outcome outcome_from_name(const std::string& name) {
  for (int value = 0; value <= static_cast<int>(Outcome::Interrupted); ++value) {
    if (outcome_name(static_cast<Outcome>(value)) == name) {
      return static_cast<Outcome>(value);
    }
  }
  throw EnvironmentError(
      fmt::format("The results file has a trial with the unknown outcome '{}'.", name));
}

std::string text(SQLite::Statement& row, const char* column) {
  return valid_utf8(row.getColumn(column).getString());
}

std::optional<double> number_or_nothing(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional<double>(column.getDouble());
}

void check(bool is_possible, const StoredTrial& trial, const char* what) {
  if (!is_possible) {
    throw EnvironmentError(fmt::format(
        "The results file is damaged: its trial {} has an impossible {}.", trial.id, what));
  }
}

void check_values(const StoredTrial& trial) {
  const TrialRecord& record = trial.record;
  const auto is_amount = [](double value) { return std::isfinite(value) && value >= 0; };
  check(!record.accuracy || (*record.accuracy >= 0 && *record.accuracy <= 1), trial, "accuracy");
  check(is_amount(record.wall_seconds), trial, "wall_seconds");
  check(is_amount(record.use.user_seconds), trial, "user_seconds");
  check(is_amount(record.use.system_seconds), trial, "system_seconds");
  check(is_amount(record.other_load), trial, "other_load");
  check(record.use.peak_resident_bytes >= 0, trial, "peak_resident_bytes");
  check(record.steps >= 0, trial, "steps");
  check(record.test_images >= 0, trial, "test_images");
}

}  // namespace

SQLite::Database open_for_writing(const fs::path& path) {
  try {
    SQLite::Database database = open(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database.exec("PRAGMA journal_mode = DELETE");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA foreign_keys = ON");
    const Format format = format_of(database);
    if (format.application == 0 && format.tables == 0) {
      create(database);
    } else {
      check_format(path, format);
      if (format.version < kSchemaVersion) {
        upgrade(database);
      }
    }
    return database;
  } catch (const SQLite::Exception& error) {
    throw results_error(path, error);
  }
}

SQLite::Database open_for_reading(const fs::path& path) {
  if (!fs::exists(path)) {
    throw EnvironmentError(
        fmt::format("There is no results file {}; 'plumbline run' makes it.", path.string()));
  }
  try {
    // SQLite rolls a dead writer's transaction back only where it may write.
    const bool has_journal = fs::exists(path.string() + "-journal");
    SQLite::Database database =
        open(path, has_journal ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY);
    check_format(path, format_of(database));
    return database;
  } catch (const SQLite::Exception& error) {
    throw results_error(path, error);
  }
}

EnvironmentError results_error(const fs::path& path, const SQLite::Exception& error) {
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_FULL:
      return EnvironmentError(fmt::format(
          "The disk is full: the results file {} could not take the trial that just ended. Earlier "
          "trials are safe. Free some space and run the same command again.",
          path.string()));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return EnvironmentError(
          fmt::format("The results file {} cannot be opened ({}). Mend that, or choose another "
                      "with --results FILE.",
                      path.string(),
                      error.what()));
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return EnvironmentError(fmt::format(
          "{} is damaged or is not a results file ({}). Move it away, or name another with "
          "--results FILE.",
          path.string(),
          error.what()));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return EnvironmentError(
          fmt::format("The results file {} is in use by another program. Wait for it, or name "
                      "another file with "
                      "--results FILE.",
                      path.string()));
    default:
      return EnvironmentError(
          fmt::format("The results file {} failed: {}.", path.string(), error.what()));
  }
}

StoredTrial trial_of_row(SQLite::Statement& row) {
  StoredTrial stored;
  stored.run_id = row.getColumn("run_id").getInt64();
  stored.id = row.getColumn("id").getInt64();
  TrialRecord& record = stored.record;
  record.key = text(row, "key");
  record.data = text(row, "data");
  record.stack = text(row, "stack");
  record.device = text(row, "device");
  record.seed = static_cast<std::uint64_t>(row.getColumn("seed").getInt64());
  record.mode = text(row, "mode");
  record.outcome = outcome_from_name(text(row, "outcome"));
  record.reason = text(row, "reason");
  record.steps = row.getColumn("steps").getInt64();
  record.final_loss = number_or_nothing(row.getColumn("final_loss"));
  record.accuracy = number_or_nothing(row.getColumn("accuracy"));
  record.test_images = row.getColumn("test_images").getInt64();
  record.wall_seconds = row.getColumn("wall_seconds").getDouble();
  record.use.user_seconds = row.getColumn("user_seconds").getDouble();
  record.use.system_seconds = row.getColumn("system_seconds").getDouble();
  record.use.peak_resident_bytes = row.getColumn("peak_resident_bytes").getInt64();
  record.other_load = row.getColumn("other_load").getDouble();
  record.network_isolated = row.getColumn("network_isolated").getInt() != 0;
  record.pid_isolated = row.getColumn("pid_isolated").getInt() != 0;
  record.started_at = text(row, "started_at");
  record.ended_at = text(row, "ended_at");
  check_values(stored);
  return stored;
}

}  // namespace plumbline
