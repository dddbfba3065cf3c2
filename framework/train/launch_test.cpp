#include "framework/train/launch.h"

#include "framework/core/error.h"

#include <gtest/gtest.h>

#include <map>

namespace rankwise {
namespace {

using Set = std::map<std::string, std::string>;

Launch launched_by(const Set& set) {
  return launched([&](const char* name) -> std::optional<std::string> {
    const auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional(found->second);
  });
}

std::string error_by(const Set& set) {
  try {
    launched_by(set);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Launch, IsOneProcessWhereNoLauncherSaysMore) {
  EXPECT_EQ(launched_by({}).meeting, Meeting::kAlone);
  EXPECT_EQ(launched_by({{"WORLD_SIZE", "1"}, {"RANK", "0"}}).meeting, Meeting::kAlone);
  EXPECT_EQ(launched_by({{"OMPI_COMM_WORLD_SIZE", "1"}}).meeting, Meeting::kAlone);
  EXPECT_EQ(launched_by({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}}).meeting, Meeting::kAlone)
      << "a shell of salloc is no step";
}

TEST(Launch, ReadsTorchrun) {
  Set set{{"WORLD_SIZE", "4"},      {"RANK", "2"},       {"MASTER_ADDR", "node1"},
          {"MASTER_PORT", "29500"}, {"LOCAL_RANK", "0"}, {"LOCAL_WORLD_SIZE", "2"}};
  Launch launch = launched_by(set);
  EXPECT_EQ(launch.meeting, Meeting::kStore);
  EXPECT_EQ(launch.store.rank, 2);
  EXPECT_EQ(launch.store.size, 4);
  EXPECT_EQ(launch.store.host, "node1");
  EXPECT_EQ(launch.store.port, 29500);
  EXPECT_EQ(launch.local_size, 2);
  set["RANK"] = "0";
  EXPECT_TRUE(launched_by(set).store.serves);
  set["TORCHELASTIC_USE_AGENT_STORE"] = "True";
  set["TORCHELASTIC_RESTART_COUNT"] = "3";
  launch = launched_by(set);
  EXPECT_FALSE(launch.store.serves) << "torchrun's agent does";
  EXPECT_EQ(launch.store.attempt, "3");
}

TEST(Launch, ReadsOpenMpiAndSlurmSteps) {
  const Launch mpi = launched_by({{"OMPI_COMM_WORLD_SIZE", "8"},
                                  {"OMPI_COMM_WORLD_LOCAL_RANK", "3"},
                                  {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}});
  EXPECT_EQ(mpi.meeting, Meeting::kMpi);
  EXPECT_EQ(mpi.local_rank, 3);
  EXPECT_EQ(mpi.local_size, 4);
  const Launch step = launched_by({{"SLURM_STEP_NUM_TASKS", "6"},
                                   {"SLURM_PROCID", "5"},
                                   {"SLURM_LOCALID", "1"},
                                   {"SLURM_STEP_TASKS_PER_NODE", "2(x3)"},
                                   {"MASTER_ADDR", "node1"},
                                   {"MASTER_PORT", "29500"}});
  EXPECT_EQ(step.meeting, Meeting::kStore);
  EXPECT_EQ(step.store.rank, 5);
  EXPECT_EQ(step.local_rank, 1);
  EXPECT_EQ(step.local_size, 2);
}

TEST(Launch, SaysWhatIsMissingOrNoNumber) {
  EXPECT_EQ(error_by({{"WORLD_SIZE", "2"}, {"RANK", "0"}}),
            "WORLD_SIZE says that there are several processes, and MASTER_ADDR is not set: it says "
            "where they meet; unset WORLD_SIZE to run one process");
  EXPECT_EQ(error_by({{"WORLD_SIZE", "two"}}),
            "WORLD_SIZE is 'two' in the environment, expected a whole number from 0 to 2147483647; "
            "unset it to run one process");
  EXPECT_EQ(error_by({{"WORLD_SIZE", "2"}, {"RANK", "2"}}),
            "RANK is 2 and WORLD_SIZE 2, expected a rank below the number");
}

}  // namespace
}  // namespace rankwise
