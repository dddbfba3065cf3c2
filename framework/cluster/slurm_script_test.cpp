#include "framework/cluster/slurm_script.h"

#include "analysis/output/process.h"
#include "framework/cluster/quoted.h"
#include "framework/io/test_files.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const char* const kNasty = "a b'c\"d$(touch x)`touch x`%j\\e;#&|<>*?~";

SlurmArray array_of(std::size_t tasks) {
  return {.study = "toy",
          .tasks = tasks,
          .cluster = {},
          .folder = "/results/toy/slurm/now",
          .program = "/bin/rankwise",
          .here = "/home/me"};
}

TEST(SlurmScript, IsAnArrayThatSavesAndIsQueuedAgain) {
  const std::string script = slurm_script(array_of(200));
  for (const char* line :
       {"#!/bin/bash\n", "\n#SBATCH --job-name=rankwise-toy\n", "\n#SBATCH --array=0-199\n",
        "\n#SBATCH --signal=USR1@90\n", "\n#SBATCH --requeue\n",
        "\n#SBATCH --output=\"/results/toy/slurm/now/task-%a.log\"\n",
        "\n#SBATCH --cpus-per-task=1\n", "\ncd '/home/me' || exit 1\n",
        "\nsrun --cpus-per-task=1 '/bin/rankwise' task '/results/toy/slurm/now/tasks.jsonl' "
        "\"$SLURM_ARRAY_TASK_ID\"\n",
        "\n  scontrol requeue \"${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}\"\n"}) {
    EXPECT_THAT(script, HasSubstr(line));
  }
  for (const char* absent : {"--partition", "--gpus", "--mem", "--time"}) {
    EXPECT_THAT(script, Not(HasSubstr(absent))) << "the cluster's default";
  }
}

TEST(SlurmScript, AsksForWhatTheFileSays) {
  SlurmArray array = array_of(3);
  array.cluster = {.partition = "gpu",
                   .gpus = 2,
                   .cpus = 4,
                   .memory = "8G",
                   .time = "1:00:00",
                   .at_a_time = 2,
                   .signal_seconds = 30,
                   .setup = {"module load cuda"},
                   .sbatch = {"--exclusive"}};
  const std::string script = slurm_script(array);
  for (const char* line :
       {"--array=0-2%2\n", "--signal=USR1@30\n", "--partition=gpu\n", "--gpus=2\n", "--mem=8G\n",
        "--time=1:00:00\n", "--exclusive\n", "\nmodule load cuda\n", "srun --cpus-per-task=4 "}) {
    EXPECT_THAT(script, HasSubstr(line));
  }
}

TEST(SlurmScript, GivesNamesToTheShellAsTheyAre) {
  const auto folder = test_folder();
  for (const std::string name : {kNasty, "line\nbreak", "\x1b[31m"}) {
    const auto printed =
        analysis::run_process({"sh", "-c", "printf %s " + shell_quoted(name)}, folder);
    EXPECT_EQ(printed.value().output, name);
    EXPECT_EQ(shell_word(name), shell_quoted(name));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "a name was run";
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("configs/more_table5.json"), "configs/more_table5.json");
}

// All of the script but Slurm's part, by a shell, with names that a shell would take apart.
TEST(SlurmScript, RunsNothingThatIsWrittenInNames) {
  const auto folder = test_folder();
  const auto here = folder / kNasty;
  std::filesystem::create_directories(here);
  SlurmArray array = array_of(1);
  array.study = kNasty;
  array.folder = here;
  array.program = here / "program";
  array.here = here;
  array.cluster.setup = {"srun() { shift; printf '%s|' \"$@\"; return 3; }"};
  write_bytes(folder / "script.sh", slurm_script(array));
  const auto ran =
      analysis::run_process({"env", "SLURM_ARRAY_TASK_ID=0", "bash", "script.sh"}, folder);
  EXPECT_EQ(ran.value().exit_code, 3) << ran->errors;
  EXPECT_EQ(ran->output,
            (here / "program").string() + "|task|" + (here / "tasks.jsonl").string() + "|0|");
  EXPECT_EQ(ran->errors, "");
  EXPECT_FALSE(std::filesystem::exists(here / "x"));
}

TEST(SlurmScript, RefusesFoldersThatNoLineHolds) {
  SlurmArray array = array_of(1);
  array.folder = "/results/a\nb";
  EXPECT_THAT(error_of([&] { slurm_script(array); }), HasSubstr("give --results another folder"));
}

}  // namespace
}  // namespace rankwise
