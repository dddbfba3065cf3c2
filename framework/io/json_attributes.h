/// JSON objects as HDF5 attributes: one attribute a key, so that h5py and pandas read them too.
#pragma once

#include "framework/io/hdf5.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace rankwise {

/// Sets one attribute a key: string, integer, double and bool as such; null, lists and objects as
/// JSON text, whose names the attribute `json` lists.
void write_json_attributes(hdf5::File& file, const std::string& object,
                           const nlohmann::json& attributes);

/// All attributes of an object, as they were written.
nlohmann::json read_json_attributes(const hdf5::File& file, const std::string& object);

}  // namespace rankwise
