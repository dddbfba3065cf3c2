/// Names that a user may give on the command line, by what they name.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

std::vector<std::string> figure_names();
std::vector<std::string> table_names();
std::vector<std::string> paper_names();     // "more.table5", ...
std::vector<std::string> output_formats();  // of --format of tables

/// What `rankwise describe` describes.
std::vector<std::string> described_names();

/// What `rankwise list` lists.
std::vector<std::string> listed_kinds();

/// The study file that is meant: the path itself where it is there, or configs/<name>.json for a
/// study's name, with capitals and `-`, `_` forgiven. Throws Error where neither is there, with the
/// nearest.
std::filesystem::path find_study_file(const std::string& given);

}  // namespace rankwise
