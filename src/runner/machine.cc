#include "runner/machine.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/error.h"

namespace plumbline {

namespace {

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The value of the first line of a "key : value" file with this key.
std::string value_of(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) {
      const std::size_t colon = line.find(':');
      const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
      return begin == std::string::npos ? "" : line.substr(begin);
    }
  }
  return "";
}

std::int64_t kilobytes_of(const std::string& key) {
  const std::string value = value_of("/proc/meminfo", key);
  return value.empty() ? 0 : std::stoll(value) * 1024;
}

std::string known_instruction_sets() {
  const std::string flags = " " + value_of("/proc/cpuinfo", "flags") + " ";
  std::string found;
  for (const char* const name :
       {"avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "amx_tile"}) {
    if (flags.find(fmt::format(" {} ", name)) != std::string::npos) {
      found += (found.empty() ? "" : " ") + std::string(name);
    }
  }
  return found;
}

cpu_set_t allowed_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof(cores), &cores) != 0) {
    throw Error("The system does not tell which cores this process may use.");
  }
  return cores;
}

}  // namespace

Machine read_machine() {
  Machine machine;
  machine.processor = value_of("/proc/cpuinfo", "model name");
  machine.instruction_sets = known_instruction_sets();
  const cpu_set_t cores = allowed_cores();
  machine.cores = CPU_COUNT(&cores);
  machine.governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  std::array<double, 1> load{};
  machine.load_average = getloadavg(load.data(), 1) == 1 ? load[0] : 0;
  machine.memory_bytes = kilobytes_of("MemTotal");
  machine.available_memory_bytes = kilobytes_of("MemAvailable");
  utsname names{};
  if (uname(&names) == 0) {
    machine.kernel = fmt::format("{} {}", names.sysname, names.release);
  }
  return machine;
}

std::string machine_json(const Machine& machine) {
  return nlohmann::ordered_json{{"processor", machine.processor},
                                {"instruction_sets", machine.instruction_sets},
                                {"cores", machine.cores},
                                {"governor", machine.governor},
                                {"load_average", machine.load_average},
                                {"memory_bytes", machine.memory_bytes},
                                {"available_memory_bytes", machine.available_memory_bytes},
                                {"kernel", machine.kernel}}
      .dump();
}

void require_cores(int threads) {
  const cpu_set_t allowed = allowed_cores();
  if (threads > CPU_COUNT(&allowed)) {
    throw UsageError(
        fmt::format("{} threads were asked for, but this process may use only {} cores. Choose "
                    "fewer with --threads or in the study.",
                    threads,
                    CPU_COUNT(&allowed)));
  }
}

void use_cores(int threads) {
  const cpu_set_t allowed = allowed_cores();
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  for (int core = 0; core < CPU_SETSIZE && CPU_COUNT(&chosen) < threads; ++core) {
    if (CPU_ISSET(core, &allowed)) {
      CPU_SET(core, &chosen);
    }
  }
  sched_setaffinity(0, sizeof(chosen), &chosen);
}

double machine_busy_seconds() {
  std::istringstream line(first_line("/proc/stat"));
  std::string name;
  std::array<double, 8> ticks{};  // user nice system idle iowait irq softirq steal
  line >> name;
  for (double& value : ticks) {
    line >> value;
  }
  const double busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7];
  return busy / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double own_busy_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace plumbline
