#include "stack/python.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <sstream>
#include <vector>

#include "process/output_of.h"

namespace plumbline {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

// Of "13rc1" 13; 0 where there is none.
int leading_number(const std::string& part) {
  int number = 0;
  std::from_chars(part.data(), part.data() + part.size(), number);
  return number;
}

std::vector<int> numbers(const std::string& version) {
  std::vector<int> values;
  for (const std::string& part : split(version, '.')) {
    values.push_back(leading_number(part));
  }
  return values;
}

// Compares the first `length` numbers; missing ones count as 0.
int compare(std::vector<int> a, std::vector<int> b, std::size_t length) {
  a.resize(length);
  b.resize(length);
  return a < b ? -1 : (a > b ? 1 : 0);
}

bool meets_clause(const std::string& version, std::string clause) {
  clause.erase(std::remove(clause.begin(), clause.end(), ' '), clause.end());
  const std::size_t end_of_operator = clause.find_first_not_of("<>=!~");
  if (end_of_operator == 0 || end_of_operator == std::string::npos) {
    return false;
  }
  const std::string comparison = clause.substr(0, end_of_operator);
  std::string wanted = clause.substr(end_of_operator);
  const bool prefix = wanted.ends_with(".*");
  if (prefix) {
    wanted.resize(wanted.size() - 2);
  }
  const std::vector<int> right = numbers(wanted);
  const std::vector<int> left = numbers(version);
  const int order =
      compare(left, right, prefix ? right.size() : std::max(left.size(), right.size()));
  const std::map<std::string, bool> results = {{"==", order == 0},
                                               {"!=", order != 0},
                                               {">=", order >= 0},
                                               {"<=", order <= 0},
                                               {">", order > 0},
                                               {"<", order < 0}};
  const auto found = results.find(comparison);
  return found != results.end() && found->second;
}

// The real interpreter behind a name: shims and links may choose another one elsewhere.
std::optional<Python> ask(const std::string& program) {
  const std::string text =
      output_of({program,
                 "-c",
                 "import sys, platform; print(sys.executable); print(platform.python_version())"});
  const std::vector<std::string> lines = split(text, '\n');
  if (lines.size() != 2) {
    return std::nullopt;
  }
  return Python{lines[0], lines[1]};
}

std::vector<std::string> candidates() {
  std::vector<std::string> programs = {"python3"};
  for (int minor = 14; minor >= 6; --minor) {
    programs.push_back(fmt::format("python3.{}", minor));
  }
  const char* const root = std::getenv("PYENV_ROOT");
  const char* const home = std::getenv("HOME");
  const fs::path pyenv =
      root != nullptr ? fs::path(root) : fs::path(home != nullptr ? home : "/") / ".pyenv";
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(pyenv / "versions", ignored)) {
    programs.push_back((entry.path() / "bin" / "python3").string());
  }
  return programs;
}

}  // namespace

bool meets(const std::string& version, const std::string& specifier) {
  const std::vector<std::string> clauses = split(specifier, ',');
  return std::all_of(clauses.begin(), clauses.end(), [&](const std::string& clause) {
    return meets_clause(version, clause);
  });
}

std::optional<Python> find_python(const std::string& specifier) {
  static std::map<std::string, std::optional<Python>> asked;  // asking starts a process
  for (const std::string& program : candidates()) {
    if (!asked.contains(program)) {
      asked[program] = ask(program);
    }
    const std::optional<Python>& python = asked[program];
    if (python && meets(python->version, specifier)) {
      return python;
    }
  }
  return std::nullopt;
}

}  // namespace plumbline
