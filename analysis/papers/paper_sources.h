/// Where the papers' backbones and data lie, and how large they are.
#pragma once

#include "framework/core/options.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct BackboneSource {
  std::string hub;
  double parameters = 0;
  std::int64_t width = 0, inner = 0, layers = 0, vocabulary = 0;
  std::int64_t stored_bytes = 2;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("hub", self.hub, "repository on the Hugging Face hub");
    field("parameters", self.parameters, "all of them", positive());
    field("width", self.width, "of a row between blocks", positive());
    field("inner", self.inner, "width inside a block's feed-forward part", positive());
    field("layers", self.layers, "blocks", positive());
    field("vocabulary", self.vocabulary, "tokens", positive());
    field("stored_bytes", self.stored_bytes, "of a parameter in its file", positive());
  }
};

struct SuiteSource {
  /// Examples of train, dev and test, by task; nothing where they were not found.
  using Rows = std::map<std::string, std::array<std::int64_t, 3>>;

  std::string files;               // the folder, below the one that is fetched to
  std::vector<std::string> fetch;  // commands; {files} and {hub} stand for folders
  std::optional<Rows> rows;
};

struct PaperSources {
  std::map<std::string, BackboneSource> backbones;  // by the names that studies use
  std::map<std::string, SuiteSource> suites;
};

/// Those of analysis/papers/sources.json, which is built into the program.
const PaperSources& paper_sources();

}  // namespace rankwise::analysis
