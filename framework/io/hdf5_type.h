/// HDF5's own type identifiers behind Type: for the sources of hdf5.h alone.
#pragma once

#include "framework/io/hdf5.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace rankwise::hdf5 {

/// The type of this machine's memory; belongs to the library. Not for strings.
hid_t native_type(Type type);

/// The Type of a stored one; throws where there is none.
Type stored_type(hid_t stored, const Place& place);

/// UTF-8, variable length.
Handle string_type(const Place& place);

/// UTF-8, padded with zeros to `size` bytes.
Handle fixed_string_type(std::size_t size, const Place& place);

/// Reads all elements as a memory type into a buffer: H5Dread or H5Aread with the rest bound.
using ReadStrings = std::function<herr_t(hid_t memory_type, void* buffer)>;

/// The strings, of fixed or variable length, that a dataset or an attribute holds.
std::vector<std::string> strings_from(hid_t stored, hid_t space, const Place& place,
                                      const ReadStrings& read);

}  // namespace rankwise::hdf5
