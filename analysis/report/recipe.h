/// What it takes to make a study's runs again.
#pragma once

#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

/// Of one study, as its runs tell; texts are empty where they do not.
struct Recipe {
  std::string study;
  std::string commit;      // several, with commas between, where runs are of several
  bool dirty = false;      // some run is of a working tree with changes that no commit holds
  std::string suite;       // to prepare, where the study reads weights
  std::string weights;     // of the backbone; empty: random ones
  std::string study_file;  // its name
  std::string folder;      // of the runs, below the folder of results
  std::vector<std::string> merge_methods;  // of merged models
};

/// One for each study of the set.
std::vector<Recipe> recipes(const RunSet& runs);

}  // namespace rankwise::analysis
