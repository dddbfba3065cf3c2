#include "framework/core/error.h"
#include "framework/core/readable_file.h"
#include "framework/io/hdf5.h"
#include "framework/io/hdf5_own_data.h"
#include "framework/io/hdf5_type.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace rankwise::hdf5 {
namespace {

Handle latest_format(const Place& place) {
  Handle access = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, place, "opening");
  checked(H5Pset_libver_bounds(access.get(), H5F_LIBVER_LATEST, H5F_LIBVER_LATEST), place,
          "opening");
  // No blocks in advance: what stays empty of them is a good part of a small file.
  checked(H5Pset_meta_block_size(access.get(), 0), place, "opening");
  checked(H5Pset_small_data_block_size(access.get(), 0), place, "opening");
  return access;
}

/// Who reads needs no lock: a writer is told by the file's status flags, and some cluster file
/// systems have no locks at all. HDF5_USE_FILE_LOCKING, where it is set, still decides.
Handle without_locks(Handle access, const Place& place) {
  checked(H5Pset_file_locking(access.get(), /*use_file_locking=*/false, true), place, "opening");
  return access;
}

/// Tries with HDF5's lock, and without it where the file system has none: a lock that another
/// process holds is the one failure that must stand.
template <class Open>
Handle lock_where_possible(const Place& place, const char* action, const Open& open) {
  const Handle access = latest_format(place);
  hid_t id = open(access.get());
  if (id >= 0) return {id, H5Fclose};
  const Failure failure = last_failure();
  if (failure.reason != std::generic_category().message(EWOULDBLOCK)) {
    id = open(without_locks(latest_format(place), place).get());
  }
  check(id >= 0, "{}: {}: {}", place.text(), action, failure.reason);
  return {id, H5Fclose};
}

/// A reader beside a writer tries again where a checksum is wrong, and waits twice as long each
/// time, from a nanosecond on. HDF5's own 100 attempts never end on a damaged file; 28 take 0.3 s.
Handle patient_reading(const Place& place) {
  Handle access = owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, place, "opening");
  checked(H5Pset_metadata_read_attempts(access.get(), 28), place, "opening");
  return access;
}

/// Says what is wrong with a path before HDF5 says it in its own words.
void check_is_hdf5(const std::filesystem::path& path) {
  check_regular_file(path);
  const htri_t answer = checked_read(H5Fis_hdf5(path.c_str()), {path.string(), ""});
  check(answer > 0, "{}: is not an HDF5 file; copy it again, or make it anew", path.string());
}

/// Same input, same bytes: neither datasets nor groups carry times.
Handle no_times(hid_t kind, const Place& place) {
  Handle creation = owned(H5Pcreate(kind), H5Pclose, place, "creating");
  checked(H5Pset_obj_track_times(creation.get(), false), place, "creating");
  return creation;
}

/// How groups are made, the file's own among them. Up to 64 names lie in the group itself: HDF5's
/// index for more takes two KiB.
Handle small_groups(hid_t kind, const Place& place) {
  Handle creation = no_times(kind, place);
  checked(H5Pset_link_phase_change(creation.get(), 64, 32), place, "creating");
  return creation;
}

/// How a dataset is made that is to take little space. Bytes of numbers are shuffled before they
/// are deflated: the high ones are alike. Those of texts are not: whole texts are alike.
Handle packing(Type type, std::size_t element, const Shape& shape, const Place& place) {
  constexpr std::uint64_t kSmall = 256, kChunk = 1 << 18;  // bytes
  Handle creation = no_times(H5P_DATASET_CREATE, place);
  checked(H5Pset_dset_no_attrs_hint(creation.get(), true), place, "creating");
  const std::uint64_t bytes = element_count(shape) * element;
  if (bytes <= kSmall) {
    checked(H5Pset_layout(creation.get(), H5D_COMPACT), place, "creating");
    return creation;
  }
  Shape chunk = shape;
  chunk[0] = std::clamp<std::uint64_t>(kChunk * shape[0] / bytes, 1, shape[0]);
  checked(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()), place,
          "creating");
  if (type != Type::kString) checked(H5Pset_shuffle(creation.get()), place, "creating");
  checked(H5Pset_deflate(creation.get(), 9), place, "creating");
  return creation;
}

Handle utf8_name(const Place& place) {
  Handle link = owned(H5Pcreate(H5P_LINK_CREATE), H5Pclose, place, "creating");
  checked(H5Pset_char_encoding(link.get(), H5T_CSET_UTF8), place, "creating");
  return link;
}

void make_group(hid_t file, const std::string& path, const Place& place) {
  owned(H5Gcreate2(file, path.c_str(), utf8_name(place).get(),
                   small_groups(H5P_GROUP_CREATE, place).get(), H5P_DEFAULT),
        H5Gclose, place, "creating");
}

/// The groups above `path`. HDF5 could make them by itself, but with times.
void make_parents(hid_t file, const std::string& path, const Place& place) {
  for (auto end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (!link_exists(file, part, {place.file, part})) make_group(file, part, place);
  }
}

Handle simple_space(const Shape& shape, const Shape& largest, const Place& place) {
  return owned(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), largest.data()),
               H5Sclose, place, "creating");
}

/// `path` is the place's.
Handle make_dataset(hid_t file, hid_t stored, const Shape& shape, const Handle& creation,
                    const Place& place) {
  make_parents(file, place.path, place);
  return owned(H5Dcreate2(file, place.path.c_str(), stored, simple_space(shape, shape, place).get(),
                          utf8_name(place).get(), creation.get(), H5P_DEFAULT),
               H5Dclose, place, "creating");
}

/// H5Literate's callback. Nothing may throw through C.
herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

File File::create(const std::filesystem::path& path, const std::filesystem::path& name) {
  prepare_library();
  const Place place{name.empty() ? path.string() : name.string(), ""};
  const Handle creation = small_groups(H5P_FILE_CREATE, place);
  return {lock_where_possible(place, "cannot be created",
                              [&](hid_t access) {
                                return H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(),
                                                 access);
                              }),
          place.file};
}

File File::open(const std::filesystem::path& path) {
  prepare_library();
  check_regular_file(path);
  // The plain way notices a truncated file; SWMR would read zeros beyond its end. It is refused
  // where a writer is at work or was killed, and that is said by the file's status flags.
  const Place place{path.string(), ""};
  const Handle plain =
      without_locks(owned(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, place, "opening"), place);
  hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, plain.get());
  if (id < 0) {
    const Failure failure = last_failure();
    check_is_hdf5(path);
    const Handle access = without_locks(patient_reading(place), place);
    id = H5Fopen(path.c_str(), H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, access.get());
    if (id < 0) throw_unreadable(place, failure);
  }
  return {Handle(id, H5Fclose), path.string()};
}

File File::open_for_writing(const std::filesystem::path& path) {
  prepare_library();
  check_is_hdf5(path);
  const Place place{path.string(), ""};
  return {lock_where_possible(
              place, "cannot be opened for writing",
              [&](hid_t access) { return H5Fopen(path.c_str(), H5F_ACC_RDWR, access); }),
          path.string()};
}

bool File::part_exists(const std::string& part) const {
  return link_exists(handle_.get(), part, at(part));
}

bool File::exists(const std::string& path) const {
  if (path == "/") return true;
  // HDF5 asks for one link at a time: "/a/b/c" needs "/a" and "/a/b" first.
  for (std::size_t end = path.find('/', 1); end != std::string::npos;
       end = path.find('/', end + 1)) {
    const std::string group = path.substr(0, end);
    if (groups_.contains(group)) continue;
    if (!part_exists(group)) return false;
    groups_.insert(group);
  }
  return part_exists(path);
}

void File::create_group(const std::string& path) {
  make_parents(handle_.get(), path, at(path));
  make_group(handle_.get(), path, at(path));
}

std::vector<std::string> File::children(const std::string& group) const {
  if (!exists(group)) return {};
  std::vector<std::string> names;
  checked_read(H5Literate_by_name(handle_.get(), group.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr,
                                  collect_name, &names, H5P_DEFAULT),
               at(group));
  return names;
}

Dataset File::create_dataset(const std::string& path, Type type, const Shape& shape) {
  const Place place = at(path);
  const Handle string = type == Type::kString ? string_type(place) : Handle();
  const hid_t stored = type == Type::kString ? string.get() : native_type(type);
  return {make_dataset(handle_.get(), stored, shape, no_times(H5P_DATASET_CREATE, place), place),
          place};
}

Dataset File::create_packed(const std::string& path, Type type, const Shape& shape) {
  const Place place = at(path);
  return {make_dataset(handle_.get(), native_type(type), shape,
                       packing(type, bytes_per_element(type), shape, place), place),
          place};
}

Dataset File::create_extensible(const std::string& path, Type type, const Shape& row,
                                std::uint64_t rows_per_chunk) {
  const Place place = at(path);
  Shape shape{0};
  shape.insert(shape.end(), row.begin(), row.end());
  Shape largest = shape;
  largest[0] = H5S_UNLIMITED;
  Shape chunk = shape;
  chunk[0] = rows_per_chunk;
  const Handle space = simple_space(shape, largest, place);
  make_parents(handle_.get(), path, place);
  const Handle creation = no_times(H5P_DATASET_CREATE, place);
  checked(H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()), place,
          "creating");
  return {owned(H5Dcreate2(handle_.get(), path.c_str(), native_type(type), space.get(),
                           utf8_name(place).get(), creation.get(), H5P_DEFAULT),
                H5Dclose, place, "creating"),
          place};
}

void File::write_strings(const std::string& path, const std::vector<std::string>& values) {
  create_dataset(path, Type::kString, {values.size()}).write_strings(values);
}

void File::write_packed_strings(const std::string& path, const std::vector<std::string>& values) {
  const Place place = at(path);
  std::size_t size = 1;
  for (const std::string& text : values) size = std::max(size, text.size());
  std::string bytes;
  for (const std::string& text : values) bytes += text + std::string(size - text.size(), '\0');
  const Handle type = fixed_string_type(size, place);
  const Shape shape{values.size()};
  const Handle dataset = make_dataset(handle_.get(), type.get(), shape,
                                      packing(Type::kString, size, shape, place), place);
  checked(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), place,
          "writing");
  checked(H5Dflush(dataset.get()), place, "flushing");
}

Dataset File::dataset(const std::string& path) const {
  check(exists(path), "{}: there is no such dataset", at(path).text());
  Handle opened(checked_read(H5Dopen2(handle_.get(), path.c_str(), H5P_DEFAULT), at(path)),
                H5Dclose);
  check_storage(opened.get(), at(path));
  return {std::move(opened), at(path)};
}

Handle File::open_object(const std::string& path) const {
  check(exists(path), "{}: there is no such object", at(path).text());
  return owned(H5Oopen(handle_.get(), path.c_str(), H5P_DEFAULT), H5Oclose, at(path), "opening");
}

void File::start_swmr() {
  checked(H5Fstart_swmr_write(handle_.get()), place_, "opening it to readers");
}

void File::flush() { checked(H5Fflush(handle_.get(), H5F_SCOPE_LOCAL), place_, "flushing"); }

void File::close() {
  flush();
  if (handle_.close() < 0) throw_error(place_, "closing");
}

}  // namespace rankwise::hdf5
