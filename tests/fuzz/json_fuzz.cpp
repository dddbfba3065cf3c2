// JSON with comments: study files, configs and attributes are read by it.

#include "framework/core/json_file.h"
#include "tests/fuzz/input_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rankwise;
  return fuzz::answered([&] {
    const nlohmann::json value = parse_json({reinterpret_cast<const char*>(data), size}, "input");
    // What was taken is taken again, as the same value.
    if (parse_json(canonical(value), "again") != value) std::abort();
  });
}
