/// For tests: folders as PEFT saved them, on a tiny decoder
/// (tests/reference/fixture_saved_adapters.py).
#pragma once

#include "framework/exchange/import_peft.h"
#include "framework/io/test_files.h"
#include "framework/testing/fixtures.h"

#include <filesystem>
#include <string>

namespace rankwise {

/// A data folder below `folder` with the base model, called "small".
inline Paths small_decoder(const std::filesystem::path& folder) {
  const auto weights = folder / "data" / "models" / "small";
  std::filesystem::create_directories(weights);
  write_bytes(weights / "config.json", bytes_of(fixtures::file("small_llama3.json")));
  write_bytes(weights / "model.safetensors", bytes_of(fixtures::file("small_llama3.safetensors")));
  return {.data = folder / "data", .results = folder};
}

/// The adapter's folder.
inline std::filesystem::path saved_adapter(const std::filesystem::path& folder,
                                           const std::string& kind) {
  const auto adapter = folder / kind;
  std::filesystem::create_directories(adapter);
  write_bytes(adapter / "adapter_config.json", bytes_of(fixtures::file("saved_" + kind + ".json")));
  write_bytes(adapter / "adapter_model.safetensors",
              bytes_of(fixtures::file("saved_" + kind + ".safetensors")));
  return adapter;
}

}  // namespace rankwise
