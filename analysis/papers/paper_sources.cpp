#include "analysis/papers/paper_sources.h"

#include "analysis/papers/embedded_papers.h"

namespace rankwise::analysis {
namespace {

using nlohmann::json;

SuiteSource parse_suite(const json& value) {
  SuiteSource source{.files = value.at("files"), .fetch = value.at("fetch")};
  if (!value.at("rows").is_null()) source.rows = value.at("rows").get<SuiteSource::Rows>();
  return source;
}

PaperSources parse_sources() {
  const json value = json::parse(embedded_sources(), nullptr, true, /*ignore_comments=*/true);
  PaperSources sources;
  for (const auto& [name, backbone] : value.at("backbones").items()) {
    sources.backbones[name] = parse_options<BackboneSource>(backbone, "sources.json: " + name);
  }
  for (const auto& [name, suite] : value.at("suites").items()) {
    sources.suites[name] = parse_suite(suite);
  }
  return sources;
}

}  // namespace

const PaperSources& paper_sources() {
  static const PaperSources kSources = parse_sources();
  return kSources;
}

}  // namespace rankwise::analysis
