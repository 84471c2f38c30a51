#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "store/trial_record.h"
#include "worker/session.h"

namespace plumbline {

struct TrialLabel {
  std::size_t index = 0;  // from 1
  std::size_t count = 0;
  std::string data;
  std::string stack;
  std::uint64_t seed = 0;
};

// Who wants to know how a run goes on. Called from the runner's thread only.
class ProgressListener {
 public:
  virtual ~ProgressListener() = default;
  virtual void message(const std::string& sentence) = 0;
  virtual void trial_started(const TrialLabel& label) = 0;
  virtual void phase_started(const std::string& phase) = 0;
  virtual void step_done(const Progress& progress) = 0;
  virtual void trial_ended(const TrialLabel& label, const TrialRecord& record) = 0;
};

}  // namespace plumbline
