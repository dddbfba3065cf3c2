// What a study asks of a cluster: words that end in a script of shell.

#include "framework/cluster/cluster_file.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rankwise;
  const auto& file = fuzz::input_file(data, size, ".json");
  return fuzz::answered([&] { check_cluster(read_cluster_file(file), "again"); });
}
