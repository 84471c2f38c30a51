#include "cli/terminal_progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/clock.h"
#include "base/text.h"
#include "report/run_report.h"

namespace plumbline {

namespace {

constexpr int kBarWidth = 20;
constexpr double kRedrawSeconds = 0.1;

bool is_live_terminal() {
  const char* const term = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && term != nullptr && std::string(term) != "dumb";
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string place(const TrialLabel& label) {
  return fmt::format(
      "[{}/{}] {}, {}, seed {}", label.index, label.count, label.data, label.stack, label.seed);
}

std::string bar(const Progress& progress) {
  const auto filled = static_cast<std::size_t>(kBarWidth * progress.step /
                                               std::max<std::int64_t>(progress.steps, 1));
  return fmt::format("[{}{}] {}/{}  loss {:.3f}",
                     std::string(filled, '#'),
                     std::string(kBarWidth - filled, '.'),
                     progress.step,
                     progress.steps,
                     progress.loss);
}

// The beginning of an ASCII line that fits.
std::string fitted(const std::string& line) {
  return line.substr(0, terminal_columns() - 1);
}

}  // namespace

TerminalProgress::TerminalProgress(std::ostream& out, bool quiet)
    : out_(out), quiet_(quiet), live_(!quiet && is_live_terminal()) {
  if (live_) {
    clock_ = std::thread([this] { tick(); });
  }
}

TerminalProgress::~TerminalProgress() {
  finish();
}

void TerminalProgress::finish() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    running_ = false;
    clear();
  }
  stopped_.notify_all();
  if (clock_.joinable()) {
    clock_.join();
  }
}

void TerminalProgress::message(const std::string& sentence) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!quiet_) {
    clear();
    out_ << sentence << '\n' << std::flush;
  }
}

void TerminalProgress::trial_started(const TrialLabel& label) {
  const std::lock_guard<std::mutex> lock(mutex_);
  label_ = label;
  phase_ = "start";
  progress_ = {};
  trial_started_ = monotonic_seconds();
  running_ = true;
  draw();
}

void TerminalProgress::phase_started(const std::string& phase) {
  const std::lock_guard<std::mutex> lock(mutex_);
  phase_ = phase;
  progress_ = {};
  draw();
}

void TerminalProgress::step_done(const Progress& progress) {
  const std::lock_guard<std::mutex> lock(mutex_);
  progress_ = progress;
  if (monotonic_seconds() - last_drawn_ > kRedrawSeconds) {
    draw();
  }
}

void TerminalProgress::trial_ended(const TrialLabel& label, const TrialRecord& record) {
  const std::lock_guard<std::mutex> lock(mutex_);
  running_ = false;
  if (quiet_) {
    return;
  }
  clear();
  const std::string accuracy =
      record.accuracy ? fmt::format(", {:.2f} %", 100 * *record.accuracy) : "";
  const std::string reason = record.reason.empty() ? "" : ": " + record.reason;
  out_ << fmt::format("{}: {}{}, {}{}",
                      place(label),
                      outcome_name(record.outcome),
                      accuracy,
                      format_seconds(headline_seconds(record)),
                      reason)
       << '\n'
       << std::flush;
}

void TerminalProgress::tick() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopped_.wait_for(lock, std::chrono::seconds(1), [this] { return stop_; })) {
    draw();
  }
}

void TerminalProgress::draw() {
  if (!live_ || !running_) {
    return;
  }
  last_drawn_ = monotonic_seconds();
  const std::string detail = progress_.steps > 0 ? "  " + bar(progress_) : "";
  const std::string line = fmt::format(
      "{}  {}{}  {}", place(label_), phase_, detail, format_seconds(last_drawn_ - trial_started_));
  out_ << "\r\033[K" << fitted(line) << std::flush;
}

void TerminalProgress::clear() {
  if (live_) {
    out_ << "\r\033[K" << std::flush;
  }
}

}  // namespace plumbline
