#include "framework/cluster/slurm_script.h"

#include "framework/cluster/quoted.h"
#include "framework/cluster/submission.h"
#include "framework/core/provenance.h"
#include "framework/core/slug.h"

#include <fmt/ranges.h>

#include <vector>

namespace rankwise {
namespace {

std::vector<std::string> option_lines(const SlurmArray& array) {
  const ClusterOptions& cluster = array.cluster;
  const std::string most = cluster.at_a_time ? fmt::format("%{}", *cluster.at_a_time) : "";
  std::vector<std::string> lines{
      fmt::format("--job-name=rankwise-{}", slug(array.study)),
      fmt::format("--array=0-{}{}", array.tasks - 1, most),
      fmt::format("--signal=USR1@{}", cluster.signal_seconds),
      "--requeue",
      "--open-mode=append",
      fmt::format("--output={}", option_quoted(array.folder / "task-@.log")),
      "--ntasks=1",
      fmt::format("--cpus-per-task={}", cluster.cpus)};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) lines.push_back(fmt::format("--{}={}", name, value));
  };
  // Escaped with the rest of the path, it would be no pattern.
  std::string& output = lines[5];
  output.replace(output.rfind('@'), 1, "%a");
  add("partition", cluster.partition);
  add("account", cluster.account);
  add("qos", cluster.qos);
  add("constraint", cluster.constraint);
  add("gpus", cluster.gpus ? std::to_string(*cluster.gpus) : "");
  add("mem", cluster.memory);
  add("time", cluster.time);
  lines.insert(lines.end(), cluster.sbatch.begin(), cluster.sbatch.end());
  return lines;
}

}  // namespace

std::string slurm_script(const SlurmArray& array) {
  std::string text = fmt::format(
      "#!/bin/bash\n# The study {}: {} runs, a task each. Written by {}.\n#SBATCH {}\n\ncd {} || "
      "exit 1\n",
      slug(array.study), array.tasks, version_line(), fmt::join(option_lines(array), "\n#SBATCH "),
      shell_quoted(array.here.string()));
  for (const std::string& line : array.cluster.setup) text += line + "\n";
  text += fmt::format("srun --cpus-per-task={} {} task {} \"$SLURM_ARRAY_TASK_ID\"\n",
                      array.cluster.cpus, shell_quoted(array.program.string()),
                      shell_quoted(orders_path(array.folder).string()));
  return text + R"(code=$?
# 75: the run was told to save itself, and is not done. A cancelled task does not come this far.
if [ "$code" -eq 75 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit "$code"
)";
}

}  // namespace rankwise
