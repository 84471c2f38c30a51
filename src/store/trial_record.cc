#include "store/trial_record.h"

namespace plumbline {

double headline_seconds(const TrialRecord& record) {
  double seconds = 0;
  for (const char* const phase : kHeadlinePhases) {
    const auto found = record.phases.find(phase);
    seconds += found == record.phases.end() ? 0 : found->second;
  }
  return seconds;
}

}  // namespace plumbline
