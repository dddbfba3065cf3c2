// Study files: their members, sweeps, seeds, tables and figures.

#include "framework/study/study_file.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rankwise;
  const auto& file = fuzz::input_file(data, size, ".json");
  return fuzz::answered([&] {
    for (const StudyRun& run : read_study_file(file).runs) {
      if (run.label.empty() && run.members.contains("variant") && run.members["variant"] != "") {
        std::abort();
      }
    }
  });
}
