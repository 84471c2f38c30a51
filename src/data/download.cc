#include "data/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace plumbline {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct CloseCurl {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

// One transfer: what curl's callbacks need, and what they found wrong.
struct Transfer {
  std::FILE* file;
  const DownloadOptions& options;
  std::uint64_t received = 0;
  std::string problem;
};

// A curl_write_callback; anything but `count` as the result ends the transfer.
std::size_t take_bytes(char* bytes, std::size_t /*always 1*/, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.received += count;
  if (transfer.received > transfer.options.most_bytes) {
    transfer.problem =
        fmt::format("it is longer than the {} bytes that it may have", transfer.options.most_bytes);
    return 0;
  }
  if (std::fwrite(bytes, 1, count, transfer.file) != count) {
    transfer.problem = fmt::format("it cannot be stored: {}", std::strerror(errno));
    return 0;
  }
  return count;
}

// A curl_xferinfo_callback; anything but 0 ends the transfer.
int tell_progress(
    void* user, curl_off_t total, curl_off_t done, curl_off_t /*up*/, curl_off_t /*up*/) {
  auto& transfer = *static_cast<Transfer*>(user);
  const auto& progress = transfer.options.progress;
  if (progress && !progress(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total))) {
    transfer.problem = "it was stopped";
    return 1;
  }
  return 0;
}

template <typename Value>
void set(CURL* curl, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(curl, option, value);
  if (code != CURLE_OK) {
    throw Error(fmt::format("libcurl does not take option {}: {}.",
                            static_cast<int>(option),
                            curl_easy_strerror(code)));
  }
}

void set_options(CURL* curl, const std::string& address, Transfer& transfer) {
  const DownloadOptions& options = transfer.options;
  set(curl, CURLOPT_URL, address.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, options.protocols.c_str());
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, options.protocols.c_str());
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, 5L);
  set(curl, CURLOPT_FAILONERROR, 1L);
  set(curl, CURLOPT_CONNECTTIMEOUT, options.connect_seconds);
  set(curl, CURLOPT_LOW_SPEED_LIMIT, 1000L);
  set(curl, CURLOPT_LOW_SPEED_TIME, options.stall_seconds);
  set(curl, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options.most_bytes));
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_USERAGENT, "plumbline");
  set(curl, CURLOPT_WRITEFUNCTION, &take_bytes);
  set(curl, CURLOPT_WRITEDATA, &transfer);
  set(curl, CURLOPT_NOPROGRESS, 0L);
  set(curl, CURLOPT_XFERINFOFUNCTION, &tell_progress);
  set(curl, CURLOPT_XFERINFODATA, &transfer);
}

std::string reason_of(CURL* curl, CURLcode code, const char* details) {
  switch (code) {
    case CURLE_HTTP_RETURNED_ERROR: {
      long status = 0;
      curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
      return fmt::format("the server answered with status {}", status);
    }
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "the name of the server cannot be resolved; is there a network?";
    case CURLE_COULDNT_CONNECT:
      return "the server cannot be reached; is there a network?";
    case CURLE_OPERATION_TIMEDOUT:
      return "the server does not answer, or too slowly";
    case CURLE_PARTIAL_FILE:
      return "the connection ended before the whole file had come";
    case CURLE_FILESIZE_EXCEEDED:
      return "the file is longer than it may be";
    case CURLE_UNSUPPORTED_PROTOCOL:
      return "its protocol is not allowed";
    case CURLE_PEER_FAILED_VERIFICATION:
      return fmt::format("the server's certificate is not trusted ({})", details);
    default:
      return *details != '\0' ? details : curl_easy_strerror(code);
  }
}

CURL* new_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  CURL* curl = started == CURLE_OK ? curl_easy_init() : nullptr;
  if (curl == nullptr) {
    throw Error("libcurl cannot be started.");
  }
  return curl;
}

[[noreturn]] void fail(const std::string& address, const std::string& reason) {
  const char* end = reason.ends_with('?') ? "" : ".";
  throw EnvironmentError(fmt::format("{}: {}{}", address, reason, end));
}

}  // namespace

void download(const std::string& address,
              const std::filesystem::path& path,
              const DownloadOptions& options) {
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "wbx"));
  if (!file) {
    throw EnvironmentError(
        fmt::format("'{}' cannot be written: {}.", path.string(), std::strerror(errno)));
  }
  const std::unique_ptr<CURL, CloseCurl> curl(new_curl());
  Transfer transfer{file.get(), options, 0, {}};
  std::array<char, CURL_ERROR_SIZE> details = {};
  set(curl.get(), CURLOPT_ERRORBUFFER, details.data());
  set_options(curl.get(), address, transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (!transfer.problem.empty()) {
    fail(address, transfer.problem);
  }
  if (code != CURLE_OK) {
    fail(address, reason_of(curl.get(), code, details.data()));
  }
  if (std::fclose(file.release()) != 0) {
    fail(address, fmt::format("it cannot be stored: {}", std::strerror(errno)));
  }
}

}  // namespace plumbline
