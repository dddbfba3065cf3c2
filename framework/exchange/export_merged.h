/// Trained parameters as a whole checkpoint, which transformers loads by itself.
#pragma once

#include "framework/exchange/export_peft.h"

#include <filesystem>
#include <optional>

namespace rankwise {

struct MergedExport {
  std::filesystem::path folder;
  double difference = 0;  // largest, of hidden rows and logits, over their largest absolute value
  double tolerance = 0;   // that it had to keep to
};

/// The base's tensors under their names and in their types, the updates added; config.json and
/// tokenizer copied. Throws Error where an update is no matrix (tokens choose their ranks), where
/// tasks differ and the request names none, and where the merged and the adapted model differ by
/// more than `tolerance` (none: 1e-4 for fp32, more for the rounding of shorter types).
MergedExport export_merged(const ExportRequest& request,
                           const std::optional<double>& tolerance = std::nullopt);

}  // namespace rankwise
