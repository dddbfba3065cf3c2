#include "framework/run/init_from.h"

#include "framework/core/error.h"
#include "framework/run/trained_parameters.h"

#include <torch/types.h>

namespace rankwise {

namespace {

// Names the option that a failure comes from.
template <class Action>
auto under_init_from(const Action& action) {
  try {
    return action();
  } catch (const Error& error) {
    fail("init_from: {}", error.what());
  }
}

}  // namespace

std::filesystem::path init_file(const std::string& init_from,
                                const std::filesystem::path& results) {
  return under_init_from([&] { return find_parameters(init_from, results); });
}

std::vector<std::string> init_parameters(Model& model, const std::string& variant,
                                         const std::filesystem::path& file) {
  return under_init_from([&] { return load_parameters(model, variant, file); });
}

void check_init(const RunConfig& config, const Paths& paths, const RunSetup& setup) {
  if (config.init_from.empty()) return;
  const std::filesystem::path file = init_file(config.init_from, paths.results);
  try {
    const auto model = make_model(config, paths, setup, setup.tensors.device(torch::kMeta));
    static_cast<void>(init_parameters(*model, config.variant, file));
  } catch (const c10::Error&) {
    // An update that reads its values, which are not there: told when the run starts.
  }
}

}  // namespace rankwise
