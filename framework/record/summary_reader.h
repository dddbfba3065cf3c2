/// Reads a study's summary (docs/run_file.md): which runs it holds, and one of them.
#pragma once

#include "framework/record/run_source.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace rankwise {

/// The folder of a study's summary in the study's folder.
inline constexpr const char* kSummaryFolder = "summary";

/// Whether it is a file of a summary; false where it is another file, or none.
bool is_summary_file(const std::filesystem::path& path);

/// The runs of a summary's file, or of all such files in a folder, as paths. Throws Error where
/// there are none, or where a file is damaged: its runs would seem never to have been trained.
std::vector<std::filesystem::path> summary_runs(const std::filesystem::path& summary);

/// The name of a run in a summary, from its path there or its own file's: without the ending.
std::string run_name(const std::filesystem::path& run);

/// Whether the path is of a run in a summary, as summary_runs() gives them.
bool is_in_summary(const std::filesystem::path& run);

/// `known`: its head, where it was read before. Throws Error where the summary lacks the run, or is
/// damaged or of an unknown schema.
std::unique_ptr<RunSource> open_summary_run(const std::filesystem::path& run,
                                            std::shared_ptr<const RunHead> known = nullptr);

}  // namespace rankwise
