/// What a study file asks for before it can run, read without LibTorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct StudyNeeds {
  std::string backbone;             // "bert", as its first run has it
  std::string weights;              // "minilm-l6"; empty: random
  std::string suite;                // "text10"
  std::string budget;               // "600 steps", "3 epochs"
  std::size_t runs = 0;             // rows times seeds
  std::vector<std::string> labels;  // of its rows
};

/// Throws Error where the file is no study.
StudyNeeds read_study_needs(const std::filesystem::path& file);

/// The call of scripts/prepare that makes what is missing in the folder `data`; empty where nothing
/// is, or where the suite is made in memory.
std::string missing_preparation(const StudyNeeds& needs, const std::filesystem::path& data);

}  // namespace rankwise::analysis
