/// Values of the report's page, as its template takes them.
#pragma once

#include <kainjow/mustache.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise::analysis {

using PageData = kainjow::mustache::data;

PageData list_of(const std::vector<PageData>& items);

/// {"name": name, key: value}
PageData named(const std::string& name, const std::string& key, const std::string& value);

/// A picture: its name, its caption, its bytes in base 64, and whether it is as wide as a page.
PageData image_of(const std::filesystem::path& svg, const std::string& caption);

/// With a capital at its beginning.
std::string in_sentence_case(std::string text);

/// Escaped text in which what stands between backticks is code.
std::string sentence_html(const std::string& text);

}  // namespace rankwise::analysis
