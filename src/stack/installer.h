#pragma once

#include <functional>
#include <string>

#include "stack/environment.h"

namespace plumbline {

// The commands behind add_environment, each with a log beside the folder it fills. Both throw
// EnvironmentError with the end of the log.
void install_packages(const StackManifest& manifest,
                      const Environment& environment,
                      Device device,
                      const std::function<void(const std::string&)>& say);
void build_programs(const StackManifest& manifest,
                    const Environment& environment,
                    const std::function<void(const std::string&)>& say);

}  // namespace plumbline
