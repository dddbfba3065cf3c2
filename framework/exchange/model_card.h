/// README.md beside an export: what it is, of which base and data, and what it scored.
#pragma once

#include "framework/run/trained_parameters.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

enum class CardKind { kAdapter, kCheckpoint };

struct Card {
  const TrainedParameters& trained;
  std::vector<std::string> tasks;  // that the export is of
  std::string base;
  CardKind kind = CardKind::kAdapter;
};

/// Scores are those that the run file beside the parameters recorded on test, if there is one.
void write_card(const Card& card, const std::filesystem::path& folder);

}  // namespace rankwise
