#include "framework/run/progress_json.h"

#include <cmath>

namespace rankwise {

using nlohmann::json;

json to_json(const RunProgress& progress) {
  json value{{"step", progress.step}, {"steps", progress.steps}, {"loss", progress.loss}};
  if (progress.tokens_per_second) value["tokens_per_second"] = *progress.tokens_per_second;
  if (progress.seconds_left) value["seconds_left"] = *progress.seconds_left;
  return value;
}

RunProgress run_progress(const json& value) {
  const auto number = [&](const char* name) {
    const auto found = value.find(name);
    return found == value.end() || found->is_null() ? std::nullopt
                                                    : std::optional(found->get<double>());
  };
  return {.step = value.at("step"),
          .steps = value.at("steps"),
          .loss = value.at("loss").is_null() ? std::nan("") : value.at("loss").get<double>(),
          .tokens_per_second = number("tokens_per_second"),
          .seconds_left = number("seconds_left")};
}

}  // namespace rankwise
