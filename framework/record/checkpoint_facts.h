/// What a checkpoint says of itself, in the metadata of its safetensors file.
#pragma once

#include "framework/io/safetensors.h"

#include <cstdint>
#include <map>
#include <string>

namespace rankwise {

struct CheckpointFacts {
  std::string config_hash;            // of the run that it is of
  std::int64_t step = 0;              // done
  std::int64_t last_evaluation = -1;  // the step of the last one; -1: there was none yet
  std::int64_t best_step = -1;        // of the best evaluation on dev
  double best_score = 0;
  bool operator==(const CheckpointFacts&) const = default;
};

/// Version and facts as texts by name.
std::map<std::string, std::string> to_metadata(const CheckpointFacts& facts);

/// Throws Error for a file that is no checkpoint, of another version, or damaged: the SHA-256 of
/// its tensors and facts is compared with the one that it holds.
CheckpointFacts checkpoint_facts(const safetensors::Reader& reader);

}  // namespace rankwise
