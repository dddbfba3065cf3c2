/// What a run can see of its tasks, as one hash.
#pragma once

#include "framework/data/dataset.h"

#include <string>

namespace rankwise {

/// SHA-256 over the tasks in order: name, kind, classes, metrics, and of every split the tokens or
/// features, sequences, groups, targets, answers and programs. Neither a file's bytes nor raw text,
/// licences or other tasks of the file enter: the same content prepared anew has the same hash.
std::string content_sha256(const Dataset& dataset);

}  // namespace rankwise
