#include "native_worker/versions.h"

#include <dnnl.h>
#include <fmt/format.h>

#include <fstream>

namespace plumbline {

std::string plumbline_version() {
  return PLUMBLINE_VERSION;
}

std::string onednn_version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown";
}

}  // namespace plumbline
