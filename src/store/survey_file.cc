#include "store/survey_file.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "store/results_database.h"
#include "store/results_file.h"
#include "store/survey_schema.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

constexpr const char* kInsertEvidence =
    "INSERT INTO survey_evidence (key, stack, probe, command, script, output, exit_status, reason, "
    "versions, network_isolated, wall_seconds, measured_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)";

void check_survey_format(SQLite::Database& database, const fs::path& path) {
  const int version =
      database.execAndGet("SELECT coalesce(max(version), 0) FROM survey_format").getInt();
  if (version > kSurveyFormat) {
    throw EnvironmentError(fmt::format(
        "The survey in {} was written by a newer Plumbline (its format is {}, this program knows "
        "{}). Use that version, or name another file with --results FILE.",
        path.string(),
        version,
        kSurveyFormat));
  }
}

void make_tables(SQLite::Database& database) {
  SQLite::Transaction transaction(database);
  database.exec(kSurveySchema);
  if (database.execAndGet("SELECT count(*) FROM survey_format").getInt() == 0) {
    database.exec(fmt::format("INSERT INTO survey_format VALUES ({})", kSurveyFormat));
  }
  transaction.commit();
}

std::string text(SQLite::Statement& row, const char* column) {
  return valid_utf8(row.getColumn(column).getString());
}

SurveyEvidence evidence_of_row(SQLite::Statement& row) {
  SurveyEvidence evidence;
  evidence.id = row.getColumn("id").getInt64();
  evidence.key = text(row, "key");
  evidence.stack = text(row, "stack");
  evidence.probe = text(row, "probe");
  evidence.command = text(row, "command");
  evidence.script = text(row, "script");
  evidence.output = text(row, "output");
  if (!row.getColumn("exit_status").isNull()) {
    evidence.exit_status = row.getColumn("exit_status").getInt();
  }
  evidence.reason = text(row, "reason");
  evidence.versions = text(row, "versions");
  evidence.network_isolated = row.getColumn("network_isolated").getInt() != 0;
  evidence.wall_seconds = row.getColumn("wall_seconds").getDouble();
  evidence.measured_at = text(row, "measured_at");
  return evidence;
}

std::vector<SurveyCell> cells_of(SQLite::Database& database, std::int64_t evidence_id) {
  SQLite::Statement select(database,
                           "SELECT question, value, text, reason FROM survey_cell "
                           "WHERE evidence_id = ? ORDER BY question");
  select.bind(1, evidence_id);
  std::vector<SurveyCell> cells;
  while (select.executeStep()) {
    cells.push_back({text(select, "question"),
                     text(select, "value"),
                     text(select, "text"),
                     text(select, "reason")});
  }
  return cells;
}

std::int64_t insert_evidence(SQLite::Database& database, const SurveyEvidence& evidence) {
  SQLite::Statement insert(database, kInsertEvidence);
  int column = 0;
  for (const std::string* const value : {&evidence.key,
                                         &evidence.stack,
                                         &evidence.probe,
                                         &evidence.command,
                                         &evidence.script,
                                         &evidence.output}) {
    insert.bind(++column, *value);
  }
  if (evidence.exit_status) {
    insert.bind(++column, *evidence.exit_status);
  } else {
    insert.bind(++column);
  }
  insert.bind(++column, evidence.reason);
  insert.bind(++column, evidence.versions);
  insert.bind(++column, evidence.network_isolated ? 1 : 0);
  insert.bind(++column, evidence.wall_seconds);
  insert.bind(++column, evidence.measured_at);
  insert.exec();
  return database.getLastInsertRowid();
}

void insert_cells(SQLite::Database& database,
                  std::int64_t evidence_id,
                  const std::vector<SurveyCell>& cells) {
  SQLite::Statement insert(database, "INSERT INTO survey_cell VALUES (?, ?, ?, ?, ?)");
  for (const SurveyCell& cell : cells) {
    insert.bind(1, evidence_id);
    insert.bind(2, cell.question);
    insert.bind(3, cell.value);
    insert.bind(4, cell.text);
    insert.bind(5, cell.reason);
    insert.exec();
    insert.reset();
  }
}

}  // namespace

// The results file is there for its lock alone, and outlives the connection to the tables.
struct SurveyFile::State {
  fs::path path;
  ResultsFile lock;
  SQLite::Database database;
};

SurveyFile::SurveyFile(const fs::path& path)
    : state_(new State{path, {path, ResultsFile::Access::Write}, open_for_writing(path)}) {
  try {
    make_tables(state_->database);
    check_survey_format(state_->database, path);
  } catch (const SQLite::Exception& error) {
    throw results_error(path, error);
  }
}

SurveyFile::~SurveyFile() = default;

void SurveyFile::add(const SurveyEvidence& evidence) {
  try {
    SQLite::Transaction transaction(state_->database);
    SQLite::Statement supersede(
        state_->database,
        "UPDATE survey_evidence SET superseded = 1 WHERE stack = ? AND probe = ?");
    supersede.bind(1, evidence.stack);
    supersede.bind(2, evidence.probe);
    supersede.exec();
    insert_cells(state_->database, insert_evidence(state_->database, evidence), evidence.cells);
    transaction.commit();
  } catch (const SQLite::Exception& error) {
    throw results_error(state_->path, error);
  }
}

std::optional<SurveyEvidence> SurveyFile::find(const std::string& key) const {
  try {
    SQLite::Statement select(state_->database,
                             "SELECT * FROM survey_evidence WHERE key = ? AND superseded = 0");
    select.bind(1, key);
    if (!select.executeStep()) {
      return std::nullopt;
    }
    return evidence_of_row(select);
  } catch (const SQLite::Exception& error) {
    throw results_error(state_->path, error);
  }
}

std::vector<SurveyEvidence> read_survey(const fs::path& path) {
  SQLite::Database database = open_for_reading(path);
  try {
    if (!database.tableExists("survey_evidence")) {
      return {};
    }
    check_survey_format(database, path);
    SQLite::Statement select(database,
                             "SELECT * FROM survey_evidence WHERE superseded = 0 ORDER BY id");
    std::vector<SurveyEvidence> survey;
    while (select.executeStep()) {
      survey.push_back(evidence_of_row(select));
      survey.back().cells = cells_of(database, survey.back().id);
    }
    return survey;
  } catch (const SQLite::Exception& error) {
    throw results_error(path, error);
  }
}

}  // namespace plumbline
