#include "analysis/report/page_data.h"

#include "framework/io/atomic_file.h"

#include <openssl/evp.h>

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

PageData image_of(const std::filesystem::path& svg) {
  PageData image;
  image["caption"] = svg.stem().string();
  image["data"] = base64(read_file(svg));
  return image;
}

}  // namespace rankwise::analysis
