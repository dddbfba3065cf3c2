#include "framework/io/hdf5_own_data.h"

#include "framework/core/error.h"

namespace rankwise::hdf5 {
namespace {

bool is_known_filter(H5Z_filter_t filter) {
  return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE ||
         filter == H5Z_FILTER_FLETCHER32;
}

}  // namespace

void check_no_link(hid_t file, const std::string& path, const Place& place) {
  H5L_info_t info{};
  checked_read(H5Lget_info(file, path.c_str(), &info, H5P_DEFAULT), place);
  check(info.type == H5L_TYPE_HARD,
        "{}: is a link to another place or file, which is not followed; put the data itself there",
        place.text());
}

void check_storage(hid_t dataset, const Place& place) {
  const Handle creation = owned(H5Dget_create_plist(dataset), H5Pclose, place, "opening");
  const H5D_layout_t layout = H5Pget_layout(creation.get());
  if (layout == H5D_COMPACT) return;  // in the object itself, and as it is
  const bool elsewhere = layout == H5D_VIRTUAL ||
                         checked_read(H5Pget_external_count(creation.get()), place) > 0;
  check(!elsewhere,
        "{}: its numbers lie in other files, which are not read; put the data itself there",
        place.text());
  const int filters = checked_read(H5Pget_nfilters(creation.get()), place);
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    const H5Z_filter_t filter =
        checked_read(H5Pget_filter2(creation.get(), static_cast<unsigned>(i), &flags, &values,
                                    nullptr, 0, nullptr, &config),
                     place);
    check(is_known_filter(filter), "{}: is packed by filter {}, expected deflate or none",
          place.text(), filter);
  }
}

}  // namespace rankwise::hdf5
