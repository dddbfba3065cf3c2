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

/// A picture's name and its bytes in base 64.
PageData image_of(const std::filesystem::path& svg);

}  // namespace rankwise::analysis
