/// What a study file asks for before it can run, read without LibTorch.
#pragma once

#include "framework/study/study_file.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Weights and the suite that their tokenizer makes, as a run has them.
struct RunData {
  std::string backbone;  // "bert"
  std::string weights;   // "minilm-l6"; empty: random
  std::string suite;     // "text10"

  friend bool operator==(const RunData&, const RunData&) = default;
};

struct StudyNeeds {
  std::vector<RunData> data;        // each once, in the order of runs
  std::string budget;               // "600 steps", "1 epoch or 20 epochs"
  std::size_t runs = 0;             // rows times seeds
  std::vector<std::string> labels;  // of its rows
};

StudyNeeds study_needs(const StudyFile& study);

/// Throws Error where the file is no study.
StudyNeeds read_study_needs(const std::filesystem::path& file);

/// Files that a run reads in the folder `data` and that are not there; none where nothing is
/// missing, or where the suite is made in memory.
std::vector<std::filesystem::path> missing_files(const RunData& needs,
                                                 const std::filesystem::path& data);

/// The call of scripts/prepare that makes them from weights that are packaged or there.
std::string prepare_command(const RunData& needs);

}  // namespace rankwise::analysis
