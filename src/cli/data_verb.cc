#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/verb.h"
#include "data/fetch.h"
#include "data/inventory.h"
#include "process/interrupts.h"
#include "report/document.h"
#include "report/text_table.h"

namespace plumbline {

namespace {

using Json = nlohmann::ordered_json;

struct DataArguments {
  std::vector<std::string> names;
  std::filesystem::path data_dir;
  bool json = false;

  DataPlaces places() const { return {{}, data_dir}; }
};

// 60000 -> "60,000"
std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) {
    digits.insert(at - 3, ",");
  }
  return digits;
}

void print_problems(const SetCopy& copy) {
  for (const std::string& problem : copy.problems) {
    std::cout << "    " << problem << '\n';
  }
}

Json set_document(const KnownSet& set, const SetCopy& copy) {
  return {{"name", set.name},
          {"train_images", set.train_images},
          {"test_images", set.test_images},
          {"classes", set.classes()},
          {"class_names", set.class_names},
          {"state", state_word(copy.state)},
          {"folder", copy.folder.string()},
          {"problems", copy.problems},
          {"debian_package", set.debian_package},
          {"mirrors", set.mirrors}};
}

ExitCode list_sets(const DataArguments& arguments) {
  TextTable table({"data set", "images", "classes", "state", "where"}, "lrrll");
  Json sets = Json::array();
  std::string remarks;
  for (const KnownSet& set : known_sets()) {
    const SetCopy copy = best_copy(set, arguments.places());
    sets.push_back(set_document(set, copy));
    table.add_row({set.name,
                   grouped(set.train_images) + " + " + grouped(set.test_images),
                   std::to_string(set.classes()),
                   std::string(state_word(copy.state)),
                   copy.folder.empty() ? "-" : copy.folder.string()});
    for (const std::string& problem : copy.problems) {
      remarks += fmt::format("{}: {}\n", set.name, problem);
    }
    if (copy.state != FolderState::Verified) {
      remarks += fmt::format("{}: {}\n", set.name, how_to_get(set));
    }
  }
  if (arguments.json) {
    print_document({{"plumbline_data", 1}, {"sets", sets}}, std::cout);
    return ExitCode::Done;
  }
  table.print(std::cout);
  std::cout << (remarks.empty() ? "" : "\n") << remarks;
  return ExitCode::Done;
}

// One line that is drawn over on a terminal; else a line as each file begins.
class FetchLine {
 public:
  bool operator()(const FetchProgress& progress) {
    if (!live_ && progress.file != file_) {
      std::cerr << "Fetching " << progress.file << '\n';
    }
    if (live_ && progress.done_bytes > 0) {
      const std::string total =
          progress.total_bytes == 0
              ? ""
              : " of " + format_bytes(static_cast<double>(progress.total_bytes));
      std::cerr << fmt::format("\r\x1b[KFetching {}: {}{}",
                               progress.file,
                               format_bytes(static_cast<double>(progress.done_bytes)),
                               total)
                << std::flush;
    }
    file_ = progress.file;
    return !interrupted();
  }
  void clear() const {
    if (live_) {
      std::cerr << "\r\x1b[K" << std::flush;
    }
  }

 private:
  bool live_ = isatty(STDERR_FILENO) != 0;
  std::string file_;
};

void fetch_set(const KnownSet& set, const std::filesystem::path& folder) {
  FetchLine line;
  FetchOptions options;
  options.progress = [&line](const FetchProgress& progress) { return line(progress); };
  try {
    fetch_known_set(set, folder, options);
  } catch (const Error&) {
    line.clear();
    if (interrupted()) {
      throw Error(
          fmt::format("The fetch of '{}' was interrupted; the same command goes on with it.",
                      set.name),
          ExitCode::Interrupted);
    }
    throw;
  }
  line.clear();
}

ExitCode fetch(const DataArguments& arguments) {
  for (const std::string& name : arguments.names) {
    const KnownSet& set = known_set(name);
    if (arguments.data_dir.empty()) {
      const SetCopy copy = best_copy(set, {});
      if (copy.state == FolderState::Verified) {
        std::cout << fmt::format("{}: is in '{}' already, verified\n", name, copy.folder.string());
        continue;
      }
    }
    const auto folder =
        arguments.data_dir.empty() ? cache_folder_of(name) : arguments.data_dir / name;
    fetch_set(set, folder);
    std::cout << fmt::format("{}: is in '{}', verified\n", name, folder.string()) << std::flush;
  }
  return ExitCode::Done;
}

std::vector<const KnownSet*> chosen_sets(const DataArguments& arguments) {
  std::vector<const KnownSet*> sets;
  sets.reserve(known_sets().size() + arguments.names.size());
  for (const std::string& name : arguments.names) {
    sets.push_back(&known_set(name));
  }
  if (sets.empty()) {
    for (const KnownSet& set : known_sets()) {
      sets.push_back(&set);
    }
  }
  return sets;
}

// Every copy of the sets. It fails for one that is not whole, and for a set that was named and is
// nowhere.
ExitCode verify(const DataArguments& arguments) {
  Json documents = Json::array();
  ExitCode result = ExitCode::Done;
  for (const KnownSet* const set : chosen_sets(arguments)) {
    std::vector<SetCopy> copies = copies_of(*set, arguments.places());
    if (copies.empty()) {
      copies.push_back({FolderState::Absent, {}, {how_to_get(*set)}});
    }
    for (const SetCopy& copy : copies) {
      const bool is_wanted = copy.state != FolderState::Absent || !arguments.names.empty();
      if (copy.state != FolderState::Verified && is_wanted) {
        result = ExitCode::SomeFailed;
      }
      documents.push_back({{"name", set->name},
                           {"folder", copy.folder.string()},
                           {"state", state_word(copy.state)},
                           {"problems", copy.problems}});
      if (!arguments.json) {
        const std::string where =
            copy.folder.empty() ? "" : fmt::format(" '{}'", copy.folder.string());
        std::cout << fmt::format("{}:{} {}\n", set->name, where, state_word(copy.state));
        print_problems(copy);
      }
    }
  }
  if (arguments.json) {
    print_document({{"plumbline_data_verify", 1}, {"copies", documents}}, std::cout);
  }
  return result;
}

CLI::App* add_part(CLI::App& verb,
                   const char* name,
                   const char* description,
                   DataArguments& arguments) {
  CLI::App* const part = verb.add_subcommand(name, description);
  part->add_option("--data-dir", arguments.data_dir, "The folder that has, or gets, the data sets")
      ->type_name("FOLDER");
  return part;
}

}  // namespace

void add_data_verb(CLI::App& app, Action& chosen) {
  CLI::App* const verb = app.add_subcommand("data", "Show, fetch and verify the known data sets");
  verb->require_subcommand(1);
  auto arguments = std::make_shared<DataArguments>();
  const auto act = [&chosen, arguments](ExitCode (*action)(const DataArguments&)) {
    return [&chosen, arguments, action] {
      chosen = [arguments, action] { return action(*arguments); };
    };
  };

  CLI::App* const list =
      add_part(*verb, "list", "The known data sets and where they were found", *arguments);
  list->add_flag("--json", arguments->json, "Print one JSON document");
  list->callback(act(&list_sets));

  CLI::App* const get =
      add_part(*verb, "fetch", "Get data sets from their mirrors, verified", *arguments);
  get->add_option("name", arguments->names, "The data sets")->required()->type_name("NAME");
  get->callback(act(&fetch));

  CLI::App* const check =
      add_part(*verb, "verify", "Check every copy that is found against its SHA-256", *arguments);
  check->add_option("name", arguments->names, "The data sets; all when none is named")
      ->type_name("NAME");
  check->add_flag("--json", arguments->json, "Print one JSON document");
  check->callback(act(&verify));
}

}  // namespace plumbline
