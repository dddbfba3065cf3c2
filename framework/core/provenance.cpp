#include "framework/core/provenance.h"

#include "framework/core/json.h"

#include <Eigen/Core>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <fstream>

#include "rankwise_version.h"

namespace rankwise {

std::string source_commit() { return RANKWISE_COMMIT; }

bool source_dirty() { return RANKWISE_DIRTY != 0; }

std::string version_line() {
  return fmt::format("rankwise {} ({}{})", RANKWISE_VERSION, source_commit().substr(0, 10),
                     source_dirty() ? ", with changes" : "");
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

// Not by getrusage(): there a worker would start with what its parent held when it was forked.
double peak_memory_mib() {
  std::ifstream status("/proc/self/status");
  const std::string name = "VmHWM:";
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::stod(line.substr(name.size())) / 1024;  // of KiB
  }
  return 0;
}

nlohmann::json base_provenance() {
  return {{"rankwise", RANKWISE_VERSION},
          {"commit", source_commit()},
          {"dirty", source_dirty()},
          {"compiler", fmt::format("g++ {}", __VERSION__)},
          {"eigen",
           fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
          {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                        NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)}};
}

}  // namespace rankwise
