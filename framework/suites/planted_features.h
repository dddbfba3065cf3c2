/// The planted suite on feature vectors: the teacher is the `tiny` backbone (planted.h).
///
/// Inputs are x = s sqrt(d) q + Gaussian with s = `input_separation`; the q of tasks (or of groups)
/// are orthonormal.
#pragma once

#include "framework/suites/planted.h"

namespace rankwise {

struct PlantedOptions : PlantOptions {
  std::int64_t width = 32, layers = 3;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("width", self.width, "width d of inputs and layers", between(8, 1e6));
    field("layers", self.layers, "adapted layers", positive());
    PlantOptions::visit(self, field);
  }
};

/// Throws Error for options that do not fit each other.
SuiteData make_planted(const PlantedOptions& options, std::uint64_t seed);

}  // namespace rankwise
