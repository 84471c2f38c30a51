#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/files.h"
#include "process/child.h"

namespace plumbline {

// A folder for one child's files, the guard that was built with the tests, and a mark in the
// environment by which every process of the tree can be found from outside, in whatever namespace
// it is.
class ChildFixture {
 public:
  ChildFixture();
  [[nodiscard]] ChildOptions options(std::vector<std::string> command) const;
  [[nodiscard]] ChildOptions python(const std::string& program) const;
  [[nodiscard]] std::string output() const { return read_file(folder_.path() / "output"); }
  [[nodiscard]] std::string error() const { return read_file(folder_.path() / "error"); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] const std::string& mark() const { return mark_; }

 private:
  TemporaryFolder folder_;
  std::string mark_;
};

// Living processes whose environment holds `mark`, but the calling one.
[[nodiscard]] std::vector<pid_t> processes_with(const std::string& mark);

// Whether `condition` comes true before a deadline that only a failure reaches.
[[nodiscard]] bool eventually(const std::function<bool()>& condition, double deadline_seconds = 20);

}  // namespace plumbline
