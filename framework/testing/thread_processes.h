/// Threads that train one run as processes do, for tests.
#pragma once

#include "framework/train/collective.h"

#include <cstdint>
#include <functional>

namespace rankwise {

/// Calls `body` in `size` threads, each with the Collective of its rank. Throws what the first of
/// them threw; the others, which would wait for it, then get ProcessLost.
void as_processes(std::int64_t size, const std::function<void(Collective&)>& body);

}  // namespace rankwise
