/// Where a backbone's weights lie, and the SHA-256 of big files, remembered.
#pragma once

#include "framework/core/json.h"

#include <filesystem>
#include <string>

namespace rankwise {

/// A name without a slash is a folder of `models`; anything else is a folder of the user's,
/// absolute or below the working directory, which is used where it lies.
std::filesystem::path weights_folder(const std::filesystem::path& models,
                                     const std::string& weights);

/// How suites and tables call these weights: their folder's name, or of a snapshot of the Hugging
/// Face hub (.../models--org--model/snapshots/<commit>) "org--model".
std::string weights_name(const std::string& weights);

/// The name of the registered backbone that reads the model_type of the folder's config.json.
/// Throws Error where there is no such file, or no such backbone.
std::string backbone_of(const std::filesystem::path& folder);

/// {"name", "weights"}, as a run's `backbone` says them, for weights_folder(models, weights); a
/// path becomes absolute. Throws Error as backbone_of() does.
nlohmann::json backbone_with(const std::filesystem::path& models, const std::string& weights);

/// SHA-256 of a file in hex. Of 16 MiB and more it is kept in `memory`, a JSON object from absolute
/// paths to {"size", "mtime_ns", "sha256"} that scripts/prepare shares, and is computed anew when
/// size or time of change are not what they were. A memory that cannot be written is done without.
std::string remembered_sha256(const std::filesystem::path& file,
                              const std::filesystem::path& memory);

}  // namespace rankwise
