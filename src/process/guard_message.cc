#include "process/guard_message.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

namespace plumbline {

namespace {

// CBOR, for names and paths need not be UTF-8, and neither writer nor reader of CBOR looks into
// strings.
using nlohmann::json;

constexpr std::size_t kMostDescriptors = 4;
constexpr std::uint32_t kMaxBytes = std::uint32_t{1} << 26;  // over any command and environment

json to_json(const GuardOrder& order) {
  json limit;
  if (order.memory_limit_bytes) {
    limit = *order.memory_limit_bytes;
  }
  return {{"command", order.command},
          {"environment", order.environment},
          {"working_folder", order.working_folder},
          {"scratch_folder", order.scratch_folder},
          {"max_log_bytes", order.max_log_bytes},
          {"memory_limit_bytes", limit}};
}

GuardOrder order_from(const json& message) {
  GuardOrder order;
  message.at("command").get_to(order.command);
  message.at("environment").get_to(order.environment);
  message.at("working_folder").get_to(order.working_folder);
  message.at("scratch_folder").get_to(order.scratch_folder);
  message.at("max_log_bytes").get_to(order.max_log_bytes);
  if (!message.at("memory_limit_bytes").is_null()) {
    order.memory_limit_bytes = message.at("memory_limit_bytes").get<std::int64_t>();
  }
  return order;
}

json to_json(const std::optional<int>& value) {
  return value ? json(*value) : json(nullptr);
}

std::optional<int> optional_int(const json& value) {
  return value.is_null() ? std::nullopt : std::optional<int>(value.get<int>());
}

json to_json(const ExitReport& report) {
  return {{"started", report.started},
          {"exit_status", to_json(report.exit_status)},
          {"signal", to_json(report.signal)},
          {"over_memory_limit", report.over_memory_limit},
          {"left_processes", report.left_processes},
          {"network_isolated", report.network_isolated},
          {"pid_isolated", report.pid_isolated},
          {"dropped_log_bytes", report.dropped_log_bytes},
          {"peak_resident_bytes", report.use.peak_resident_bytes},
          {"user_seconds", report.use.user_seconds},
          {"system_seconds", report.use.system_seconds},
          {"reason", report.reason}};
}

ExitReport report_from(const json& message) {
  ExitReport report;
  message.at("started").get_to(report.started);
  report.exit_status = optional_int(message.at("exit_status"));
  report.signal = optional_int(message.at("signal"));
  message.at("over_memory_limit").get_to(report.over_memory_limit);
  message.at("left_processes").get_to(report.left_processes);
  message.at("network_isolated").get_to(report.network_isolated);
  message.at("pid_isolated").get_to(report.pid_isolated);
  message.at("dropped_log_bytes").get_to(report.dropped_log_bytes);
  message.at("peak_resident_bytes").get_to(report.use.peak_resident_bytes);
  message.at("user_seconds").get_to(report.use.user_seconds);
  message.at("system_seconds").get_to(report.use.system_seconds);
  message.at("reason").get_to(report.reason);
  return report;
}

bool send_bytes(const Descriptor& socket, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent <= 0) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_bytes(const Descriptor& socket, std::span<std::uint8_t> room) {
  while (!room.empty()) {
    const ssize_t count = ::recv(socket.get(), room.data(), room.size(), 0);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return false;
    }
    room = room.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// Room for the kernel's header and the descriptors behind it.
struct alignas(cmsghdr) ControlRoom {
  std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> bytes{};
};

// Descriptors travel with the first byte of a message: here, with its length.
bool send_length(const Descriptor& socket, std::uint32_t length, std::span<const int> descriptors) {
  iovec part{&length, sizeof(length)};
  ControlRoom room;
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    header.msg_control = room.bytes.data();
    header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(control), descriptors.data(), descriptors.size_bytes());
  }
  ssize_t sent = -1;
  do {
    sent = ::sendmsg(socket.get(), &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(sizeof(length));
}

std::optional<std::uint32_t> receive_length(const Descriptor& socket,
                                            std::vector<Descriptor>& descriptors) {
  std::uint32_t length = 0;
  iovec part{&length, sizeof(length)};
  ControlRoom room;
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = room.bytes.data();
  header.msg_controllen = room.bytes.size();
  ssize_t count = -1;
  do {
    count = ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC | MSG_WAITALL);
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof(length))) {
    return std::nullopt;
  }
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    std::array<int, kMostDescriptors> numbers{};
    const std::size_t bytes = control->cmsg_len - CMSG_LEN(0);
    std::memcpy(numbers.data(), CMSG_DATA(control), bytes);
    for (std::size_t i = 0; i < bytes / sizeof(int); ++i) {
      descriptors.emplace_back(numbers[i]);
    }
  }
  return length;
}

bool send_json(const Descriptor& socket, const json& message, std::span<const int> descriptors) {
  const std::vector<std::uint8_t> bytes = json::to_cbor(message);
  return send_length(socket, static_cast<std::uint32_t>(bytes.size()), descriptors) &&
         send_bytes(socket, bytes);
}

std::optional<json> receive_json(const Descriptor& socket, std::vector<Descriptor>& descriptors) {
  const std::optional<std::uint32_t> length = receive_length(socket, descriptors);
  if (!length || *length > kMaxBytes) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> bytes(*length);
  if (!receive_bytes(socket, bytes)) {
    return std::nullopt;
  }
  return json::from_cbor(bytes);
}

}  // namespace

bool send_order(const Descriptor& socket,
                const GuardOrder& order,
                const GuardDescriptors& descriptors) {
  std::vector<int> numbers{descriptors.standard_output.get(), descriptors.standard_error.get()};
  if (descriptors.request.is_open()) {
    numbers.push_back(descriptors.request.get());
    numbers.push_back(descriptors.response.get());
  }
  return send_json(socket, to_json(order), numbers);
}

bool send_report(const Descriptor& socket, const ExitReport& report) {
  return send_json(socket, to_json(report), {});
}

std::optional<ReceivedOrder> receive_order(const Descriptor& socket) {
  std::vector<Descriptor> numbers;
  const std::optional<json> message = receive_json(socket, numbers);
  if (!message || numbers.size() < 2) {
    return std::nullopt;
  }
  ReceivedOrder received;
  received.order = order_from(*message);
  received.descriptors.standard_output = std::move(numbers[0]);
  received.descriptors.standard_error = std::move(numbers[1]);
  if (numbers.size() == kMostDescriptors) {
    received.descriptors.request = std::move(numbers[2]);
    received.descriptors.response = std::move(numbers[3]);
  }
  return received;
}

std::optional<ExitReport> receive_report(const Descriptor& socket) {
  std::vector<Descriptor> none;
  try {
    const std::optional<json> message = receive_json(socket, none);
    return message ? std::optional<ExitReport>(report_from(*message)) : std::nullopt;
  } catch (const json::exception&) {
    return std::nullopt;  // what PLUMBLINE_GUARD names may be any program
  }
}

}  // namespace plumbline
