/// What a study asks of a cluster for each run: a file, cluster.json, that holds for all studies of
/// a place, and flags that change it for one call.
#pragma once

#include "framework/core/options.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

struct ClusterOptions {
  std::string partition, account, qos, constraint;
  std::optional<std::int64_t> gpus;
  std::int64_t cpus = 1;
  std::string memory, time;
  std::optional<std::int64_t> at_a_time;
  std::int64_t signal_seconds = 90;
  std::vector<std::string> setup, sbatch;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("partition", self.partition, "where runs are queued; empty: the cluster's default");
    field("account", self.account, "who is charged; empty: your default");
    field("qos", self.qos, "quality of service; empty: your default");
    field("constraint", self.constraint, "features that a node must have: a100|h100");
    field("gpus", self.gpus, "GPUs a run; null: none is asked for", at_least(0));
    field("cpus", self.cpus, "cores a run, which are its threads", positive());
    field("memory", self.memory, "a run's, as Slurm writes it: 8G; empty: the cluster's default");
    field("time", self.time,
          "most of one allocation, as Slurm writes it: 2:00:00; a longer run is saved and queued "
          "again. Empty: the partition's limit");
    field("at_a_time", self.at_a_time, "most runs at a time (--jobs); null: any number",
          positive());
    field("signal_seconds", self.signal_seconds,
          "how long before the end of an allocation a run is told to save itself", at_least(1));
    field("setup", self.setup,
          "lines of shell before each run, run as they are: module load cuda/12");
    field("sbatch", self.sbatch, "further options of sbatch: --exclusive");
  }
};

/// JSON with comments. Throws Error for what is unknown, and for words that Slurm's option lines
/// could not hold.
ClusterOptions read_cluster_file(const std::filesystem::path& file);

/// Throws Error for words that Slurm's option lines could not hold: with spaces, quotation marks or
/// control characters. `place` begins the message.
void check_cluster(const ClusterOptions& options, const std::string& place);

}  // namespace rankwise
