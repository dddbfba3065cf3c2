/// For tests: a fixture's checkpoint in a folder of its own, to be changed.
#pragma once

#include "framework/core/json_file.h"
#include "framework/io/test_files.h"
#include "framework/testing/fixtures.h"

#include <filesystem>
#include <functional>
#include <string>

namespace rankwise {

struct CheckpointFolder {
  /// tests/fixtures/small_<family>.json and .safetensors.
  explicit CheckpointFolder(const std::string& family) {
    for (const auto& [from, to] :
         {std::pair(".json", "config.json"), {".safetensors", "model.safetensors"}}) {
      std::filesystem::copy_file(fixtures::file("small_" + family + from), folder / to,
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }

  /// What `load` says where one member of config.json is another; "": nothing.
  std::string refusal_with(const std::string& key, const nlohmann::json& value,
                           const std::function<void(const std::filesystem::path&)>& load) const {
    const nlohmann::json config = read_json(folder / "config.json");
    nlohmann::json changed = config;
    changed[key] = value;
    write_bytes(folder / "config.json", changed.dump());
    const std::string message = error_of([&] { load(folder); });
    write_bytes(folder / "config.json", config.dump());
    return message;
  }

  std::filesystem::path folder = test_folder();
};

}  // namespace rankwise
