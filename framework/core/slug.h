/// Names for files, made of what users call studies, runs and figures.
#pragma once

#include <cstddef>
#include <string>

namespace rankwise {

/// Bytes of the longest slug: file systems take 255, and endings come behind it.
inline constexpr std::size_t kLongestSlug = 80;

/// Letters, which become small, digits, dots and underscores stay; what is between them becomes one
/// dash: "LoRA r=4" -> "lora-r-4". Where that would hide what tells texts apart (letters beyond
/// ASCII, nothing but signs), hide the file (a dot in front) or be too long, it is cut and followed
/// by a dash and eight digits of the text's SHA-256.
std::string slug(const std::string& text);

/// The same for the names of figures: capitals and dashes stay, and what is between words becomes
/// one underscore: "LoRA r=4" -> "LoRA_r_4".
std::string figure_slug(const std::string& text);

}  // namespace rankwise
