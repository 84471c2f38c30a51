#include "store/results_reader.h"

#include <cmath>
#include <cstring>
#include <map>

#include "base/text.h"
#include "store/results_database.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

using TrialsById = std::map<std::int64_t, StoredTrial*>;

std::string text(const SQLite::Column& column) {
  return valid_utf8(column.getString());
}

// Calls `take(trial, row)` for every row whose first column is the id of one of the trials.
template <typename Take>
void for_each_row(const SQLite::Database& database,
                  const char* sql,
                  const TrialsById& trials,
                  const Take& take) {
  SQLite::Statement rows(database, sql);
  while (rows.executeStep()) {
    const auto trial = trials.find(rows.getColumn(0).getInt64());
    if (trial != trials.end()) {
      take(trial->second->record, rows);
    }
  }
}

void add_details(const SQLite::Database& database, std::vector<StoredTrial>& trials) {
  TrialsById by_id;
  for (StoredTrial& trial : trials) {
    by_id[trial.id] = &trial;
  }
  for_each_row(database,
               "SELECT trial_id, name, seconds FROM phase",
               by_id,
               [](TrialRecord& record, SQLite::Statement& row) {
                 const double seconds = row.getColumn(2).getDouble();
                 record.phases[text(row.getColumn(1))] =
                     std::isfinite(seconds) && seconds > 0 ? seconds : 0;
               });
  for_each_row(database,
               "SELECT trial_id, name, value FROM setting",
               by_id,
               [](TrialRecord& record, SQLite::Statement& row) {
                 record.settings[text(row.getColumn(1))] = text(row.getColumn(2));
               });
  for_each_row(database,
               "SELECT trial_id, package, version FROM version",
               by_id,
               [](TrialRecord& record, SQLite::Statement& row) {
                 record.versions[text(row.getColumn(1))] = text(row.getColumn(2));
               });
}

StoredRun run_of_row(SQLite::Statement& row) {
  StoredRun run;
  run.id = row.getColumn("id").getInt64();
  run.record.study_text = text(row.getColumn("study_text"));
  run.record.mode = text(row.getColumn("mode"));
  run.record.threads = row.getColumn("threads").getInt();
  run.record.machine = text(row.getColumn("machine"));
  run.record.started_at = text(row.getColumn("started_at"));
  run.plumbline_version = text(row.getColumn("plumbline_version"));
  run.ended_at = text(row.getColumn("ended_at"));
  run.record.until_settled = row.getColumn("until_settled").getInt() != 0;
  return run;
}

}  // namespace

struct ResultsReader::State {
  fs::path path;
  SQLite::Database database;

  // What SQLite throws becomes a sentence that names the file.
  template <typename Query>
  auto guarded(const Query& query) const {
    try {
      return query();
    } catch (const SQLite::Exception& error) {
      throw results_error(path, error);
    }
  }
};

ResultsReader::ResultsReader(const fs::path& path)
    : state_(std::make_unique<State>(State{path, open_for_reading(path)})) {}

ResultsReader::~ResultsReader() = default;

std::vector<StoredRun> ResultsReader::runs() const {
  return state_->guarded([&] {
    std::vector<StoredRun> runs;
    const bool oldest = state_->database.execAndGet("PRAGMA user_version").getInt() < 2;
    SQLite::Statement rows(state_->database,
                           oldest ? "SELECT *, 0 AS until_settled FROM run ORDER BY id"
                                  : "SELECT * FROM run ORDER BY id");
    while (rows.executeStep()) {
      runs.push_back(run_of_row(rows));
    }
    return runs;
  });
}

std::vector<StoredTrial> ResultsReader::trials() const {
  return state_->guarded([&] {
    std::vector<StoredTrial> trials;
    SQLite::Statement rows(state_->database,
                           "SELECT * FROM trial WHERE superseded = 0 ORDER BY id");
    while (rows.executeStep()) {
      trials.push_back(trial_of_row(rows));
    }
    add_details(state_->database, trials);
    return trials;
  });
}

std::vector<CurvePoint> ResultsReader::curve(std::int64_t trial_id) const {
  return state_->guarded([&] {
    std::vector<CurvePoint> curve;
    SQLite::Statement rows(state_->database,
                           "SELECT step, loss FROM curve_point WHERE trial_id = ? ORDER BY step");
    rows.bind(1, trial_id);
    while (rows.executeStep()) {
      CurvePoint point{rows.getColumn(0).getInt64(), std::nullopt};
      const double loss = rows.getColumn(1).getDouble();
      if (!rows.getColumn(1).isNull() && std::isfinite(loss)) {
        point.loss = loss;
      }
      curve.push_back(point);
    }
    return curve;
  });
}

std::optional<StoredPrediction> ResultsReader::prediction(std::int64_t trial_id,
                                                          std::int64_t test_images) const {
  return state_->guarded([&]() -> std::optional<StoredPrediction> {
    SQLite::Statement row(state_->database,
                          "SELECT correct, predicted_class FROM prediction WHERE trial_id = ?");
    row.bind(1, trial_id);
    if (!row.executeStep()) {
      return std::nullopt;
    }
    const SQLite::Column correct = row.getColumn(0);
    const SQLite::Column classes = row.getColumn(1);
    const auto images = static_cast<std::size_t>(test_images);
    const auto bytes = [](const SQLite::Column& column) {
      return static_cast<std::size_t>(column.getBytes());
    };
    if (bytes(correct) != (images + 7) / 8 || bytes(classes) != images * sizeof(std::uint16_t)) {
      return std::nullopt;
    }
    StoredPrediction prediction{std::vector<std::uint8_t>(bytes(correct)),
                                std::vector<std::uint16_t>(images)};
    if (images > 0) {
      std::memcpy(prediction.correct.data(), correct.getBlob(), bytes(correct));
      std::memcpy(prediction.predicted_class.data(), classes.getBlob(), bytes(classes));
    }
    return prediction;
  });
}

TrialLog ResultsReader::log(std::int64_t trial_id, std::size_t most_bytes) const {
  return state_->guarded([&] {
    TrialLog log;
    SQLite::Statement row(
        state_->database,
        "SELECT substr(CAST(detail AS BLOB), -?2), substr(CAST(standard_output AS BLOB), -?2), "
        "substr(CAST(standard_error AS BLOB), -?2) FROM trial WHERE id = ?1");
    row.bind(1, trial_id);
    row.bind(2, static_cast<std::int64_t>(most_bytes));
    if (row.executeStep()) {
      log = {text(row.getColumn(0)), text(row.getColumn(1)), text(row.getColumn(2))};
    }
    return log;
  });
}

}  // namespace plumbline
