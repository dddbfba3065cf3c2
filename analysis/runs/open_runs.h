/// Run files that tables and figures read again and again: what of them is small is read once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace rankwise {
class RunFile;
}

namespace rankwise::analysis {

class OpenRuns {
 public:
  /// Files that are open at a time, fewer than a process may have; the longest unused one rests.
  static constexpr std::size_t kMost = 256;

  OpenRuns();
  ~OpenRuns();

  /// These metrics ("task/metric") lead their tasks in every file, instead of the recorded first.
  /// Throws Error, and changes nothing, for a name that is no such pair and where a task was not
  /// scored by its metric.
  void lead_with(const std::vector<std::string>& metrics);

  /// Valid as long as this. Throws Error where the file cannot be read.
  const RunFile& open(const std::filesystem::path& path);

 private:
  struct Known {
    std::unique_ptr<RunFile> file;
    std::list<Known*>::iterator place;  // in latest_; its end where the file rests
  };
  std::unordered_map<std::string, Known> known_;  // by path
  std::list<Known*> latest_;                      // those that do not rest, the latest used first
  std::map<std::string, std::string> leading_;    // metrics by task
};

}  // namespace rankwise::analysis
