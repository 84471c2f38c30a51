#include "engine/slot_names.h"

namespace plumbline {

std::vector<std::string> slot_names(const OptimizerSettings& settings) {
  switch (settings.kind) {
    case OptimizerKind::Sgd:
      return settings.momentum == 0 ? std::vector<std::string>{}
                                    : std::vector<std::string>{"velocity"};
    case OptimizerKind::RmsProp:
      return settings.momentum == 0 ? std::vector<std::string>{"v"}
                                    : std::vector<std::string>{"v", "velocity"};
    case OptimizerKind::Adagrad:
      return {"accumulator"};
    case OptimizerKind::Adadelta:
      return {"v", "s"};
    case OptimizerKind::Adam:
    case OptimizerKind::AdamW:
      break;
  }
  return {"m", "v"};
}

}  // namespace plumbline
