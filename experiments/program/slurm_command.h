/// Runs of a study as tasks of Slurm: `rankwise run --slurm`, and what each task calls.
#pragma once

#include "framework/cluster/cluster_file.h"
#include "framework/run/run.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// What the command line says of the cluster; flags count before the file.
struct SlurmArguments {
  bool submit = false, dry_run = false;
  std::string file;  // cluster.json; empty: the one in this folder, where there is one
  std::string partition, memory, time;
  std::optional<std::int64_t> gpus;

  bool wanted() const { return submit || dry_run; }
};

/// --slurm, --slurm-dry-run, --cluster, --partition, --gpus, --memory, --time.
void add_slurm_options(CLI::App& command, SlurmArguments& arguments);

/// The file with the flags over it. Throws Error where either is wrong.
ClusterOptions cluster_options(const SlurmArguments& arguments);

/// Writes and submits one array with a task for each of the jobs, or prints its script, that are
/// not queued already. Returns the exit code.
int submit_runs(std::vector<RunJob> jobs, const std::vector<std::string>& plugins,
                const ClusterOptions& cluster, bool dry_run);

/// task: one run of an array. Not for people.
void add_task_command(CLI::App& program);

}  // namespace rankwise
