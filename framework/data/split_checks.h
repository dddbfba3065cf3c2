/// What the arrays of a token file must hold, so that everything behind the reader may trust them.
#pragma once

#include "framework/data/dataset.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// Offsets rise from zero to the end of what they cut, ids are of the vocabulary, and each example
/// has a target of its task, with answers where these are asked for. Throws Error that begins with
/// `where`.
void check_split(const Split& split, const Task& task, std::int64_t vocabulary,
                 const std::string& where);

/// `starts` [vocabulary + 1] of the bytes of each token's text. Throws Error that begins with
/// `where`.
void check_token_starts(const std::vector<std::int64_t>& starts, std::int64_t vocabulary,
                        std::size_t bytes, const std::string& where);

}  // namespace rankwise
