/// Several run files in one, deflated: what is committed of a study.
///
/// A run in it is named as if the archive were a folder: "results/demo/summary.h5/more-s0". Every
/// entry is the bytes of a whole run file, so in Python:
///     h5py.File(io.BytesIO(archive["run/more-s0"][:].tobytes()))
#pragma once

#include "framework/io/hdf5.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

/// The name of an archive in a study's folder.
inline constexpr const char* kArchiveName = "summary.h5";

/// Packs run files under their names. Replaces what is there; the same runs give the same bytes.
void write_archive(const std::filesystem::path& archive,
                   const std::map<std::string, std::filesystem::path>& runs);

/// The name of a run file, or of a run in an archive, in an archive: without the file's ending.
std::string archived_name(const std::filesystem::path& run);

/// The runs in it as paths, in alphabetical order. Throws Error where it is no archive.
std::vector<std::filesystem::path> archived_runs(const std::filesystem::path& archive);

/// Opens a run file, in an archive or not.
hdf5::File open_run_file(const std::filesystem::path& path);

}  // namespace rankwise
