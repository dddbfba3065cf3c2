/// Short names of sites for panel titles.
#pragma once

#include <string>
#include <vector>

namespace rankwise {

/// The numbers in a site's name and as many of its last parts as tell it from the others:
/// "encoder.layer.0.attention.self.query" -> "0 query". Names that this can not tell apart stay.
std::vector<std::string> short_site_names(const std::vector<std::string>& names);

}  // namespace rankwise
