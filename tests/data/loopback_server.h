#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "fmt/format.h"

namespace plumbline {

// Answers HTTP requests on a loopback port with whole responses, byte for byte, and closes; 404 for
// other paths.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::map<std::string, std::string> responses)
      : responses_(std::move(responses)), socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, generic, length) != 0 || listen(socket_, 8) != 0 ||
        getsockname(socket_, generic, &length) != 0) {
      throw std::runtime_error("No loopback port is to be had.");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~LoopbackServer() {
    shutdown(socket_, SHUT_RDWR);  // wakes accept
    thread_.join();
    close(socket_);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] std::string address() const { return fmt::format("http://127.0.0.1:{}/", port_); }

  static std::string ok(const std::string& body) { return of_length(body, body.size()); }
  static std::string of_length(const std::string& body, std::size_t claimed_length) {
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                       claimed_length) +
           body;
  }
  static std::string redirect(const std::string& to) {
    return "HTTP/1.1 302 Found\r\nLocation: " + to +
           "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  }

 private:
  void serve() {
    for (int client = accept(socket_, nullptr, nullptr); client >= 0;
         client = accept(socket_, nullptr, nullptr)) {
      std::string request;
      std::array<char, 4096> buffer = {};
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = recv(client, buffer.data(), buffer.size(), 0);
        if (got <= 0) {
          break;
        }
        request.append(buffer.data(), static_cast<std::size_t>(got));
      }
      const std::size_t start = request.find('/');
      const auto found =
          responses_.find(request.substr(start + 1, request.find(' ', start) - start - 1));
      const std::string response =
          found != responses_.end()
              ? found->second
              : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      send_all(client, response);
      close(client);
    }
  }

  static void send_all(int client, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const ssize_t count = send(client, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) {
        return;
      }
      sent += static_cast<std::size_t>(count);
    }
  }

  std::map<std::string, std::string> responses_;
  int socket_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace plumbline
