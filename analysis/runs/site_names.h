/// Short names of sites for panel titles, and their layers.
#pragma once

#include <string>
#include <vector>

namespace rankwise::analysis {

/// The numbers in a site's name and as many of its last parts as tell it from the others:
/// "encoder.layer.0.attention.self.query" -> "0 query". Names that this cannot tell apart stay.
std::vector<std::string> short_site_names(const std::vector<std::string>& names);

/// The layer of each site: the first number in its name, or its own place (from 0) where some name
/// has none.
std::vector<std::string> site_layers(const std::vector<std::string>& names);

}  // namespace rankwise::analysis
