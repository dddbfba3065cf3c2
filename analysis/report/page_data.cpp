#include "analysis/report/page_data.h"

#include "analysis/output/table.h"
#include "framework/io/atomic_file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

namespace rankwise::analysis {
namespace {

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // EVP writes a zero at the end
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// The digits from `at` on; 0 where there are none.
int leading_number(const std::string& text, std::size_t at) {
  int number = 0;
  std::from_chars(text.data() + at, text.data() + text.size(), number);
  return number;
}

}  // namespace

PageData list_of(const std::vector<PageData>& items) {
  PageData list(PageData::type::list);
  for (const PageData& item : items) list.push_back(item);
  return list;
}

PageData named(const std::string& name, const std::string& key, const std::string& value) {
  PageData entry;
  entry["name"] = name;
  entry[key] = value;
  return entry;
}

PageData image_of(const std::filesystem::path& svg, const std::string& caption) {
  const std::string picture = read_file(svg);
  PageData image;
  image["name"] = svg.stem().string();
  image["caption"] = caption;
  image["data"] = base64(picture);
  const std::size_t at = picture.find(" width=\"");
  const int pixels = at == std::string::npos ? 0 : leading_number(picture, at + 8);
  image["is_wide"] = pixels > 400;
  return image;
}

std::string in_sentence_case(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string sentence_html(const std::string& text) {
  std::string html;
  bool code = false;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t next = std::min(text.find('`', at), text.size());
    html += escape_html(std::string_view(text).substr(at, next - at));
    if (next == text.size()) break;
    html += code ? "</code>" : "<code>";
    code = !code;
    at = next + 1;
  }
  return code ? html + "</code>" : html;
}

}  // namespace rankwise::analysis
