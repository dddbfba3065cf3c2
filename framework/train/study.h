/// A study file: defaults, runs, sweeps and seeds, expanded into resolved runs.
#pragma once

#include "framework/train/run_config.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// What the command line changes.
struct StudyOverrides {
  std::vector<std::string> set;   // "train.steps=100": into every run, after the file
  std::vector<std::string> only;  // labels or variants, * and ? allowed; empty: all
};

struct Study {
  std::string name;
  std::string reproduces;            // citation; may be empty
  std::string note;                  // words on scale, for table footers
  std::vector<std::string> plugins;  // absolute paths of shared libraries
  std::vector<RunConfig> runs;       // rows in order, each with its seeds in order
  std::vector<std::int64_t> order;   // [runs] the row each run belongs to
};

/// Shared libraries that the file names, as absolute paths: to be loaded before read_study(), so
/// that their variants are known.
std::vector<std::string> study_plugins(const std::filesystem::path& file);

/// Throws Error with file and place for anything unknown, out of range, or twice there.
Study read_study(const std::filesystem::path& file, const StudyOverrides& overrides);

/// Loads shared libraries that register variants. Throws Error with the linker's reason, or when
/// one registers nothing.
void load_plugins(const std::vector<std::string>& libraries);

}  // namespace rankwise
