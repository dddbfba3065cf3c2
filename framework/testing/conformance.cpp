#include "framework/testing/conformance.h"

#include "framework/testing/conformance_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

namespace rankwise::conformance {

namespace {

using toy::Recipe;

void print_exemption(const Recipe& recipe, const std::string& check, const std::string& reason) {
  std::cout << "[ EXEMPT   ] " << recipe.variant << " from " << check << ": " << reason << '\n';
}

const Check& find(const std::string& name) {
  const auto found = std::find_if(checks().begin(), checks().end(),
                                  [&](const Check& check) { return check.name == name; });
  check(found != checks().end(), "there is no conformance check '{}'", name);
  return *found;
}

// Prints what is exempt; true when the whole check is.
bool exempt(const Recipe& recipe, const std::string& name) {
  for (const auto& [key, reason] : toy::variant_of(recipe).facts.exemptions) {
    if (key != name && !key.starts_with(name + "/")) continue;
    print_exemption(recipe, key, reason);
    if (key == name) return true;
  }
  return false;
}

}  // namespace

const std::vector<Check>& checks() {
  static const std::vector<Check> all{
      {"identity", "the identity at the start", identity},
      {"gradients", "only its parameters have gradients, and all of them do", gradients},
      {"frozen", "frozen bits stay", frozen},
      {"same_bits", "same seed and threads, same bits", same_bits},
      {"replay", "a training pass run again gives the same", replay},
      {"save_load", "saved and loaded, same output", save_load},
      {"counts", "each parameter is counted once", counts},
      {"usage", "usage sums to rows times active ranks in evaluation", usage},
      {"training_usage", "and in training", training_usage},
      {"neighbours", "neighbours and batch order change nothing", neighbours},
      {"micro_batches", "micro-batches change nothing", micro_batches},
      {"chunks", "a step cut by rows changes nothing, and rows said to depend on others do",
       chunks},
      {"processes", "several processes that share each step find what one does", processes},
      {"recompute", "blocks that run again in backward change nothing", recompute},
      {"loss_falls", "the loss falls on the toy tasks", loss_falls},
      {"unknown_option", "an unknown option is refused", unknown_option},
      {"evaluation_state", "evaluation moves nothing", evaluation_state},
      {"finite_differences", "gradients agree with finite differences", finite_differences},
      {"bf16", "a backbone in bf16 changes losses by rounding and no count", bf16},
  };
  return all;
}

void run(const std::string& name, const toy::Recipe& recipe) {
  const Check& check = find(name);
  if (exempt(recipe, name)) GTEST_SKIP() << recipe.variant << " is exempt from " << name;
  SCOPED_TRACE(check.promise);
  check.run(recipe);
}

void run_all(const toy::Recipe& recipe) {
  for (const Check& check : checks()) {
    if (exempt(recipe, check.name)) continue;
    SCOPED_TRACE(check.promise);
    check.run(recipe);
  }
}

}  // namespace rankwise::conformance
