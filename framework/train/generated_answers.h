/// The texts that a model writes for a task's examples, beside those that were wanted.
#pragma once

#include "framework/core/metrics.h"
#include "framework/data/dataset.h"
#include "framework/generate/generate.h"
#include "framework/model/model.h"
#include "framework/train/collective.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

/// How an evaluation writes.
struct WritingForm {
  GenerationOptions options = {};
  Seed seed{0};           // drawn texts of task t and split s: seed.stream(t).stream(s)
  std::int64_t rows = 1;  // rows of a batch: its prompts, and the tokens they may be given
  torch::Device device = torch::kCPU;
  std::function<void()> before_batch = [] {};
  Collective* processes = &one_process();  // each writes some of the texts
};

/// Whether a metric of the task reads generated texts.
bool is_written(const Task& task);

/// Throws Error where a task of the suite is written and the suite does not say what tokens say,
/// where a stop string is empty, or where a prompt leaves no room for the tokens behind it.
void check_writing(const Dataset& dataset, const Backbone& backbone,
                   const GenerationOptions& options);

/// Examples of a split that are written for at once.
struct WritingTurn {
  std::int32_t task = 0;
  SplitName split = SplitName::kDev;
  std::vector<std::int64_t> examples;
  std::vector<std::int64_t> lengths = {};  // tokens of each text; empty: as the model ends them
};

/// The texts of each example of the turn.
using WrittenTexts = std::vector<std::vector<GeneratedText>>;
WrittenTexts write_texts(Model& model, const Dataset& dataset, const WritingTurn& turn,
                         const WritingForm& form);

struct GeneratedAnswers {
  GeneratedTexts texts;
  std::map<std::string, std::vector<std::uint64_t>> usage;  // [R] by site, as a run file has it
  std::int64_t rows = 0;  // that passed through the model in this process
};

/// Of every example of a split, where check_writing() holds; texts end before a stop string and
/// before the end token, and bytes that are no UTF-8 (half a character, say) are U+FFFD.
GeneratedAnswers generated_answers(Model& model, const Dataset& dataset, std::int32_t task,
                                   SplitName split, const WritingForm& form);

}  // namespace rankwise
