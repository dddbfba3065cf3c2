/// Run files that tables and figures read again and again, each opened once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <list>
#include <memory>

namespace rankwise {
class RunFile;
}

namespace rankwise::analysis {

class OpenRuns {
 public:
  /// Files that are open at a time, fewer than a process may have; the longest unused is closed.
  static constexpr std::size_t kMost = 256;

  OpenRuns();
  ~OpenRuns();

  /// Valid until kMost other files were opened. Throws Error where the file cannot be read.
  const RunFile& open(const std::filesystem::path& path);

 private:
  std::list<std::unique_ptr<const RunFile>> files_;  // the latest used first
};

}  // namespace rankwise::analysis
