#include "framework/io/hdf5_own_data.h"

#include "framework/core/error.h"

namespace rankwise::hdf5 {
namespace {

bool is_known_filter(H5Z_filter_t filter) {
  return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE ||
         filter == H5Z_FILTER_FLETCHER32;
}

/// HDF5 1.10 reads beyond a compact dataset whose bytes are fewer than its shape takes.
void check_compact(hid_t dataset, const Place& place) {
  const Handle space = owned(H5Dget_space(dataset), H5Sclose, place, "opening");
  const Handle type = owned(H5Dget_type(dataset), H5Tclose, place, "opening");
  const auto count =
      static_cast<std::uint64_t>(checked_read(H5Sget_simple_extent_npoints(space.get()), place));
  std::uint64_t bytes = 0;
  check(!__builtin_mul_overflow(count, H5Tget_size(type.get()), &bytes) &&
            bytes <= H5Dget_storage_size(dataset),
        "{}: cannot be read, the file seems damaged: it has fewer bytes than its shape takes; copy "
        "it again, or make it anew",
        place.text());
}

}  // namespace

bool link_exists(hid_t file, const std::string& path, const Place& place) {
  H5L_info_t info{};
  if (H5Lget_info(file, path.c_str(), &info, H5P_DEFAULT) < 0) {
    H5Eclear2(H5E_DEFAULT);
    if (checked_read(H5Lexists(file, path.c_str(), H5P_DEFAULT), place) == 0) return false;
    checked_read(H5Lget_info(file, path.c_str(), &info, H5P_DEFAULT), place);
  }
  check(info.type == H5L_TYPE_HARD,
        "{}: is a link to another place or file, which is not followed; put the data itself there",
        place.text());
  return true;
}

void check_storage(hid_t dataset, const Place& place) {
  const Handle creation = owned(H5Dget_create_plist(dataset), H5Pclose, place, "opening");
  const H5D_layout_t layout = H5Pget_layout(creation.get());
  if (layout == H5D_COMPACT) {  // in the object itself, and as it is
    check_compact(dataset, place);
    return;
  }
  const bool elsewhere =
      layout == H5D_VIRTUAL || checked_read(H5Pget_external_count(creation.get()), place) > 0;
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
