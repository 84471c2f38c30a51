#pragma once

#include <condition_variable>
#include <mutex>
#include <ostream>
#include <string>
#include <thread>

#include "runner/progress.h"

namespace plumbline {

// Shows how a run goes on: one live line where standard error is a terminal (and TERM is not
// "dumb"), else a line as each trial ends. `quiet` shows nothing. A thread of its own keeps the
// clock of the live line going.
class TerminalProgress : public ProgressListener {
 public:
  TerminalProgress(std::ostream& out, bool quiet);
  ~TerminalProgress() override;
  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void message(const std::string& sentence) override;
  void trial_started(const TrialLabel& label) override;
  void phase_started(const std::string& phase) override;
  void step_done(const Progress& progress) override;
  void trial_ended(const TrialLabel& label, const TrialRecord& record) override;
  void finish();  // clears the live line and stops the clock

 private:
  void tick();
  void draw();   // with mutex_ held
  void clear();  // with mutex_ held

  std::ostream& out_;
  bool quiet_;
  bool live_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  bool running_ = false;
  TrialLabel label_;
  std::string phase_;
  Progress progress_;
  double trial_started_ = 0;
  double last_drawn_ = 0;
  std::thread clock_;
};

}  // namespace plumbline
