#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace plumbline {

struct DownloadOptions {
  std::string protocols =
      "https";  // as CURLOPT_PROTOCOLS_STR takes them; redirections too stay within them
  std::uint64_t most_bytes = 0;  // the size of the file may not be above
  long connect_seconds = 20;
  long stall_seconds = 30;  // given up when less than 1 kB a second comes for so long
  std::function<bool(std::uint64_t done, std::uint64_t total)>
      progress;  // total is 0 while unknown; false stops
};

// Gets one address to a new file. Throws EnvironmentError whose sentence begins with the address;
// what is in `path` then is of no use.
void download(const std::string& address,
              const std::filesystem::path& path,
              const DownloadOptions& options);

}  // namespace plumbline
