/// Trained parameters as folders that PEFT loads.
#pragma once

#include "framework/exchange/peft_folder.h"
#include "framework/run/trained_parameters.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

struct ExportRequest {
  std::filesystem::path parameters;  // a file of them (trained_parameters.h)
  std::filesystem::path out;         // the folder to make
  std::string task;                  // empty: all, a folder each where they differ
  std::string base;  // how other programs call the base model; empty: as the run does
  Paths paths;
};

/// Writes adapter_config.json, adapter_model.safetensors, rankwise.safetensors (heads and what else
/// PEFT has no place for) and README.md; returns the folders: `out`, or one a task below it. Throws
/// Error where a folder is there and not empty, and with the reason where PEFT has no form for the
/// updates.
std::vector<std::filesystem::path> export_peft(const ExportRequest& request);

/// How the request calls the base model.
std::string base_name(const ExportRequest& request, const RunConfig& config);

/// Throws Error where something is in the folder already.
void check_empty(const std::filesystem::path& folder);

/// The heads of `tasks` and the metadata that go with a model of them.
void add_own(const TrainedParameters& trained, const RunConfig& config,
             const std::vector<std::string>& tasks, PeftFolder& folder);

}  // namespace rankwise
