#include "framework/programs/run_programs.h"

#include "framework/io/atomic_file.h"
#include "framework/io/temporary_folder.h"
#include "framework/programs/command_words.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace rankwise {

namespace {

ProgramOutcome run_program(const std::string& program, const ProgramRuns& runs) {
  const TemporaryFolder folder;
  const auto file = folder.path() / runs.file_name;
  write_file(file, program);
  return run_in_fence(with_file(runs.words, file), folder.path(), runs.limits);
}

// Calls act(i) for each i below `count`, on several threads, until one throws or `stop` says so;
// false where some were left out for `stop`.
bool for_each_at_once(std::size_t count, std::int64_t threads, const std::function<bool()>& stop,
                      const std::function<void(std::size_t)>& act) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  std::exception_ptr error;
  std::mutex one;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      if (stop()) stopped = true;
      if (stopped) return;
      try {
        act(i);
      } catch (...) {
        const std::lock_guard<std::mutex> alone(one);
        error = std::current_exception();
        stopped = true;
      }
    }
  };
  std::vector<std::thread> workers;
  for (std::int64_t i = 0; i < threads; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  if (error) std::rethrow_exception(error);
  return !stopped;
}

}  // namespace

std::vector<ProgramOutcome> run_programs(const std::vector<std::string>& programs,
                                         const ProgramRuns& runs) {
  check_fence(runs.limits);
  std::map<std::string, std::size_t> places;  // of each program among the different ones
  std::vector<const std::string*> different;
  for (const std::string& program : programs) {
    if (places.emplace(program, different.size()).second) different.push_back(&program);
  }
  std::vector<ProgramOutcome> outcomes(different.size());
  const bool all = for_each_at_once(different.size(), runs.jobs, runs.stop, [&](std::size_t i) {
    outcomes[i] = run_program(*different[i], runs);
  });
  if (!all) return {};
  std::vector<ProgramOutcome> found;
  found.reserve(programs.size());
  for (const std::string& program : programs) found.push_back(outcomes[places.at(program)]);
  return found;
}

}  // namespace rankwise
