/// Which colour, shape and dash a label has: the same in every figure of a study.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Looks by label, as series_colour() and its like number them.
using SeriesLooks = std::map<std::string, std::size_t>;

/// Of all labels of a study, whichever of them a figure draws. A label has the colour that its name
/// alone gives it, or where an earlier one has it the next that is free; of more labels than there
/// are colours the later ones share them, with other shapes and dashes.
SeriesLooks series_looks(const std::vector<std::string>& labels);

/// The look of a label; one that the study does not have is added to it.
std::size_t look_of(const std::string& label, SeriesLooks& looks);

}  // namespace rankwise::analysis
