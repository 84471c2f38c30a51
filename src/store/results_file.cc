#include "store/results_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "store/schema.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr const char* kVersion = PLUMBLINE_VERSION;

// SQLite's own words for what the user can mend, with what to do.
EnvironmentError sentence_for(const fs::path& path, const SQLite::Exception& error) {
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_FULL:
      return EnvironmentError(fmt::format(
          "The disk is full: the results file {} could not take the trial that just ended. Earlier "
          "trials are safe. Free some space and run the same command again.",
          path.string()));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return EnvironmentError(fmt::format(
          "The results file {} cannot be written ({}). Choose another place with --results FILE.",
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

void bind_finite(SQLite::Statement& statement, int index, std::optional<double> value) {
  if (value && std::isfinite(*value)) {
    statement.bind(index, *value);
  } else {
    statement.bind(index);
  }
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

std::optional<double> number_or_nothing(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional<double>(column.getDouble());
}

TrialRecord record_of_row(SQLite::Statement& row) {
  TrialRecord record;
  record.key = row.getColumn("key").getString();
  record.data = row.getColumn("data").getString();
  record.stack = row.getColumn("stack").getString();
  record.device = row.getColumn("device").getString();
  record.seed = static_cast<std::uint64_t>(row.getColumn("seed").getInt64());
  record.mode = row.getColumn("mode").getString();
  record.outcome = outcome_from_name(row.getColumn("outcome").getString());
  record.reason = row.getColumn("reason").getString();
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
  record.started_at = row.getColumn("started_at").getString();
  record.ended_at = row.getColumn("ended_at").getString();
  return record;
}

// One writer at a time. flock, because SQLite's own locks last only while it writes.
class WriterLock {
 public:
  explicit WriterLock(const fs::path& path) {
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd_ < 0) {
      throw EnvironmentError(fmt::format(
          "The results file {} cannot be written: {}. Choose another place with --results FILE.",
          path.string(),
          std::strerror(errno)));
    }
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      ::close(fd_);
      throw EnvironmentError(fmt::format(
          "Another run is writing to {}. Wait until it has ended, or name another file with "
          "--results FILE.",
          path.string()));
    }
  }
  ~WriterLock() { ::close(fd_); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace

// The lock is declared first so that it is released last: closing any descriptor of the file drops
// SQLite's own locks.
struct ResultsFile::State {
  fs::path path;
  std::optional<WriterLock> lock;
  std::optional<SQLite::Database> database;

  void open(Access access) {
    // A reader may have to roll back what a killed run left half written.
    const int create = access == Access::Write ? SQLite::OPEN_CREATE : 0;
    database.emplace(path.string(), SQLite::OPEN_READWRITE | create, 5000);
    if (access == Access::Read) {
      database->exec("PRAGMA query_only = ON");
    } else {
      database->exec("PRAGMA journal_mode = DELETE");
      database->exec("PRAGMA synchronous = FULL");
      database->exec("PRAGMA foreign_keys = ON");
    }
    check_version(access);
  }

  void check_version(Access access) {
    const int application = database->execAndGet("PRAGMA application_id").getInt();
    const int version = database->execAndGet("PRAGMA user_version").getInt();
    const int tables = database->execAndGet("SELECT count(*) FROM sqlite_master").getInt();
    if (application == 0 && tables == 0 && access == Access::Write) {
      create();
      return;
    }
    if (application != kApplicationId) {
      throw EnvironmentError(
          fmt::format("{} is not a results file of Plumbline. Name another with --results FILE.",
                      path.string()));
    }
    if (version > kSchemaVersion) {
      throw EnvironmentError(fmt::format(
          "{} was written by a newer Plumbline (its format is {}, this program knows {}). Use that "
          "version, or name another file with --results FILE.",
          path.string(),
          version,
          kSchemaVersion));
    }
  }

  void create() {
    SQLite::Transaction transaction(*database);
    database->exec(kSchema);
    database->exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
    database->exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
    transaction.commit();
  }

  std::int64_t insert_trial(std::int64_t run_id, const TrialRecord& trial);
  void insert_details(std::int64_t trial_id, const TrialRecord& trial);
  void insert_texts(const char* sql,
                    std::int64_t trial_id,
                    const std::map<std::string, std::string>& texts);
  void insert_prediction(std::int64_t trial_id, const TrialRecord& trial);
};

std::int64_t ResultsFile::State::insert_trial(std::int64_t run_id, const TrialRecord& trial) {
  SQLite::Statement insert(
      *database,
      "INSERT INTO trial (run_id, key, data, stack, device, seed, mode, outcome, reason, detail, "
      "steps, "
      "final_loss, accuracy, test_images, wall_seconds, user_seconds, system_seconds, "
      "peak_resident_bytes, other_load, network_isolated, pid_isolated, standard_output, "
      "standard_error, started_at, ended_at) "
      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  int column = 0;
  insert.bind(++column, run_id);
  insert.bind(++column, trial.key);
  insert.bind(++column, trial.data);
  insert.bind(++column, trial.stack);
  insert.bind(++column, trial.device);
  insert.bind(++column, static_cast<std::int64_t>(trial.seed));
  insert.bind(++column, trial.mode);
  insert.bind(++column, std::string(outcome_name(trial.outcome)));
  insert.bind(++column, trial.reason);
  insert.bind(++column, trial.detail);
  insert.bind(++column, trial.steps);
  bind_finite(insert, ++column, trial.final_loss);
  bind_finite(insert, ++column, trial.accuracy);
  insert.bind(++column, trial.test_images);
  insert.bind(++column, trial.wall_seconds);
  insert.bind(++column, trial.use.user_seconds);
  insert.bind(++column, trial.use.system_seconds);
  insert.bind(++column, trial.use.peak_resident_bytes);
  insert.bind(++column, trial.other_load);
  insert.bind(++column, trial.network_isolated ? 1 : 0);
  insert.bind(++column, trial.pid_isolated ? 1 : 0);
  insert.bind(++column, trial.standard_output);
  insert.bind(++column, trial.standard_error);
  insert.bind(++column, trial.started_at);
  insert.bind(++column, trial.ended_at);
  insert.exec();
  return database->getLastInsertRowid();
}

void ResultsFile::State::insert_texts(const char* sql,
                                      std::int64_t trial_id,
                                      const std::map<std::string, std::string>& texts) {
  SQLite::Statement insert(*database, sql);
  for (const auto& [name, value] : texts) {
    insert.bind(1, trial_id);
    insert.bind(2, name);
    insert.bind(3, value);
    insert.exec();
    insert.reset();
  }
}

void ResultsFile::State::insert_prediction(std::int64_t trial_id, const TrialRecord& trial) {
  if (trial.predicted_class.empty()) {
    return;
  }
  SQLite::Statement insert(*database, "INSERT INTO prediction VALUES (?, ?, ?)");
  insert.bind(1, trial_id);
  insert.bind(2, trial.correct.data(), static_cast<int>(trial.correct.size()));
  insert.bind(3,
              trial.predicted_class.data(),
              static_cast<int>(trial.predicted_class.size() * sizeof(std::uint16_t)));
  insert.exec();
}

void ResultsFile::State::insert_details(std::int64_t trial_id, const TrialRecord& trial) {
  SQLite::Statement phase(*database, "INSERT INTO phase VALUES (?, ?, ?)");
  for (const auto& [name, seconds] : trial.phases) {
    phase.bind(1, trial_id);
    phase.bind(2, name);
    phase.bind(3, seconds);
    phase.exec();
    phase.reset();
  }
  SQLite::Statement point(*database, "INSERT OR REPLACE INTO curve_point VALUES (?, ?, ?)");
  for (const auto& [step, loss] : trial.curve) {
    point.bind(1, trial_id);
    point.bind(2, step);
    bind_finite(point, 3, loss);
    point.exec();
    point.reset();
  }
  insert_texts("INSERT INTO setting VALUES (?, ?, ?)", trial_id, trial.settings);
  insert_texts("INSERT INTO version VALUES (?, ?, ?)", trial_id, trial.versions);
  insert_prediction(trial_id, trial);
}

ResultsFile::ResultsFile(const fs::path& path, Access access) : state_(std::make_unique<State>()) {
  state_->path = path;
  if (access == Access::Read && !fs::exists(path)) {
    throw EnvironmentError(
        fmt::format("There is no results file {}; 'plumbline run' makes it.", path.string()));
  }
  if (access == Access::Write) {
    state_->lock.emplace(path);
  }
  try {
    state_->open(access);
  } catch (const SQLite::Exception& error) {
    throw sentence_for(path, error);
  }
}

ResultsFile::~ResultsFile() {
  state_->database.reset();  // before the lock: see State
}

std::int64_t ResultsFile::begin_run(const RunRecord& run) {
  try {
    SQLite::Statement insert(
        *state_->database,
        "INSERT INTO run (study_text, mode, threads, plumbline_version, machine, started_at) "
        "VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(1, run.study_text);
    insert.bind(2, run.mode);
    insert.bind(3, run.threads);
    insert.bind(4, std::string(kVersion));
    insert.bind(5, run.machine);
    insert.bind(6, run.started_at);
    insert.exec();
    return state_->database->getLastInsertRowid();
  } catch (const SQLite::Exception& error) {
    throw sentence_for(state_->path, error);
  }
}

void ResultsFile::end_run(std::int64_t run_id, const std::string& ended_at) {
  try {
    SQLite::Statement update(*state_->database, "UPDATE run SET ended_at = ? WHERE id = ?");
    update.bind(1, ended_at);
    update.bind(2, run_id);
    update.exec();
  } catch (const SQLite::Exception& error) {
    throw sentence_for(state_->path, error);
  }
}

void ResultsFile::add_trial(std::int64_t run_id, const TrialRecord& trial) {
  try {
    SQLite::Transaction transaction(*state_->database);
    SQLite::Statement supersede(*state_->database,
                                "UPDATE trial SET superseded = 1 WHERE key = ? AND superseded = 0");
    supersede.bind(1, trial.key);
    supersede.exec();
    state_->insert_details(state_->insert_trial(run_id, trial), trial);
    transaction.commit();
  } catch (const SQLite::Exception& error) {
    throw sentence_for(state_->path, error);
  }
}

std::optional<StoredTrial> ResultsFile::find_trial(const std::string& key) const {
  try {
    SQLite::Statement select(*state_->database,
                             "SELECT * FROM trial WHERE key = ? AND superseded = 0");
    select.bind(1, key);
    if (!select.executeStep()) {
      return std::nullopt;
    }
    StoredTrial stored{select.getColumn("run_id").getInt64(), record_of_row(select)};
    const std::int64_t id = select.getColumn("id").getInt64();
    SQLite::Statement phases(*state_->database,
                             "SELECT name, seconds FROM phase WHERE trial_id = ?");
    phases.bind(1, id);
    while (phases.executeStep()) {
      stored.record.phases[phases.getColumn(0).getString()] = phases.getColumn(1).getDouble();
    }
    SQLite::Statement versions(*state_->database,
                               "SELECT package, version FROM version WHERE trial_id = ?");
    versions.bind(1, id);
    while (versions.executeStep()) {
      stored.record.versions[versions.getColumn(0).getString()] = versions.getColumn(1).getString();
    }
    return stored;
  } catch (const SQLite::Exception& error) {
    throw sentence_for(state_->path, error);
  }
}

}  // namespace plumbline
