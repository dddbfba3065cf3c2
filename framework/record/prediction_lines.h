/// One example's prediction as JSON: `rankwise predictions`.
#pragma once

#include "framework/record/run_file.h"

#include <nlohmann/json.hpp>

#include <cstddef>

namespace rankwise {

/// {"task", "split", "parameters", "index", "prediction", "label", "correct", "answers"}: classes
/// and candidates as whole numbers, several values as a list, and null for what is not finite.
/// `correct` stands only where there is a right answer, `answers` only where they were scored:
/// {"log_probability", "tokens", "bytes", "greedy"} of each candidate; `texts` and `references`
/// only where texts were generated, `passed` of each text only where they were run as programs.
nlohmann::ordered_json prediction_line(const PredictionRecord& record, std::size_t index);

/// How many lines a record has.
std::size_t prediction_count(const PredictionRecord& record);

}  // namespace rankwise
