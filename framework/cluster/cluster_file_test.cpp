#include "framework/cluster/cluster_file.h"

#include "framework/io/test_files.h"

namespace rankwise {
namespace {

std::string refusal(const nlohmann::json& members) {
  const auto file = test_folder() / "cluster.json";
  write_bytes(file, members.dump());
  return error_of([&] { read_cluster_file(file); });
}

TEST(ClusterFile, IsReadWithDefaults) {
  const auto file = test_folder() / "cluster.json";
  const std::string line = "module load cuda/12 && export A='b c'";
  const nlohmann::json members{{"partition", "gpu"}, {"gpus", 1}, {"setup", {line}}};
  write_bytes(file, "// of our place\n" + members.dump());
  const ClusterOptions options = read_cluster_file(file);
  EXPECT_EQ(options.partition, "gpu");
  EXPECT_EQ(options.gpus, 1);
  EXPECT_EQ(options.cpus, 1);
  EXPECT_EQ(options.signal_seconds, 90);
  EXPECT_EQ(options.at_a_time, std::nullopt);
  EXPECT_EQ(options.setup.front(), line);
}

TEST(ClusterFile, RefusesWhatItDoesNotKnow) {
  EXPECT_NE(refusal({{"partitions", "gpu"}}).find("partitions"), std::string::npos);
  EXPECT_NE(refusal({{"cpus", 0}}).find("cpus: 0 is not positive"), std::string::npos);
}

TEST(ClusterFile, RefusesWordsThatWouldEndALineOfOptions) {
  const std::vector<std::pair<std::string, nlohmann::json>> wrong{
      {"partition", "gpu --wrap=x"},
      {"account", "a\nb"},
      {"time", "1:00 # x"},
      {"memory", "'8G'"},
      {"qos", "$(id)"},
      {"constraint", "a`b"},
      {"sbatch", {"exclusive"}},
      {"sbatch", {"--a --b"}},
      {"setup", {"module load a\nrm -r b"}}};
  for (const auto& [name, value] : wrong) {
    const std::string found = refusal({{name, value}});
    EXPECT_NE(found.find("cluster.json: " + name + ": '"), std::string::npos) << found;
  }
}

}  // namespace
}  // namespace rankwise
