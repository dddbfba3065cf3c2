/// What a file holds itself, as against what it only leads to: other files, and filters that are
/// other people's libraries.
#pragma once

#include "framework/io/hdf5_handle.h"

#include <string>

namespace rankwise::hdf5 {

/// Whether the name `path` is there; the groups above it are. Throws Error where it is a link: it
/// may lead into any file that this user may read or write.
bool link_exists(hid_t file, const std::string& path, const Place& place);

/// Throws Error where the dataset's numbers lie in other files, or are packed as only a plug-in
/// unpacks.
void check_storage(hid_t dataset, const Place& place);

}  // namespace rankwise::hdf5
