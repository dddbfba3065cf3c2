/// What every variant must hold, as checks that any test can run on any variant and options. A
/// plug-in's tests link it as rankwise::conformance.
///
/// A variant lists a check that does not apply to it in VariantFacts::exemptions, with the reason;
/// "finite_differences/<pattern>" exempts only the parameters whose name in Model::state() matches.
#pragma once

#include "framework/testing/toy.h"

#include <string>
#include <vector>

namespace rankwise::conformance {

/// Reports through googletest; fp64 throughout, so that tolerances mean rounding and nothing else.
struct Check {
  std::string name;  // "micro_batches"
  std::string promise;
  void (*run)(const toy::Recipe& recipe);
};

const std::vector<Check>& checks();

/// Runs one check by name, or says loudly why the variant is exempt from it and skips the test.
void run(const std::string& check, const toy::Recipe& recipe);

/// Runs all of them on other options than the default ones, without skipping the caller's test.
void run_all(const toy::Recipe& recipe);

}  // namespace rankwise::conformance
