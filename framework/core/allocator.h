/// Memory that is freed and taken again many times a second.
#pragma once

namespace rankwise {

/// From here on the process keeps what it frees, up to a bound, rather than giving every tensor of
/// a megabyte back to the system, whose pages are zeroed anew for the next one. What was freed
/// until now is given back: call it when all that lasts is loaded. Does nothing where the C library
/// has no such setting, and with the switch "kept-memory" off.
void keep_freed_memory();

}  // namespace rankwise
