#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>

#include "base/error.h"
#include "store/trial_record.h"

namespace plumbline {

// What the writer and the reader of a results file share: opening it, and its rows. Both ways of
// opening throw EnvironmentError for what is not a results file, is damaged or of a newer version.

// Makes the file if there is none.
[[nodiscard]] SQLite::Database open_for_writing(const std::filesystem::path& path);
// A file that a killed writer left in the middle of a transaction is read as of before it.
[[nodiscard]] SQLite::Database open_for_reading(const std::filesystem::path& path);

// SQLite's own words for what the user can mend, with what to do.
[[nodiscard]] EnvironmentError results_error(const std::filesystem::path& path,
                                             const SQLite::Exception& error);

// A row of `SELECT * FROM trial`, without what stands in other tables. Texts come back as valid
// UTF-8. Throws EnvironmentError for values that no trial can have.
[[nodiscard]] StoredTrial trial_of_row(SQLite::Statement& row);

}  // namespace plumbline
