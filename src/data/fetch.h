#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "data/known_sets.h"

namespace plumbline {

struct FetchProgress {
  std::string file;
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;  // 0 while unknown
};

struct FetchOptions {
  std::string protocols = "https";
  long connect_seconds = 20;
  long stall_seconds = 30;
  std::function<bool(const FetchProgress&)> progress;  // false stops
};

// Gets the files of a set into `folder` (made when missing): each from the first mirror whose copy
// has the right SHA-256. A file takes its place by a rename, so a broken fetch leaves no part of
// one there; files that are there and right stay, and wrong ones are replaced. Throws
// EnvironmentError that tells what was wrong at each mirror.
void fetch_known_set(const KnownSet& set,
                     const std::filesystem::path& folder,
                     const FetchOptions& options);

}  // namespace plumbline
