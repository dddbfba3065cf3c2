#include "framework/io/run_archive.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"

#include <cstdint>

namespace rankwise {
namespace {

constexpr const char* kRuns = "/run";

std::string entry(const std::filesystem::path& run) {
  return std::string(kRuns) + "/" + run.filename().string();
}

}  // namespace

void write_archive(const std::filesystem::path& archive,
                   const std::map<std::string, std::filesystem::path>& runs) {
  create_parent_folder(archive);
  std::filesystem::path temporary = archive;
  temporary += ".new";
  hdf5::File file = hdf5::File::create(temporary, archive);
  for (const auto& [name, path] : runs) {
    const std::string bytes = read_file(path);
    file.write_deflated(entry(name), {bytes.begin(), bytes.end()});
  }
  file.close();
  commit_file(temporary, archive);
}

std::vector<std::filesystem::path> archived_runs(const std::filesystem::path& archive) {
  const hdf5::File file = hdf5::File::open(archive);
  check(file.exists(kRuns), "{}: holds no runs; rankwise summary makes such files",
        archive.string());
  std::vector<std::filesystem::path> paths;
  for (const std::string& name : file.children(kRuns)) paths.push_back(archive / name);
  return paths;
}

hdf5::File open_run_file(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.parent_path();
  if (!std::filesystem::is_regular_file(folder)) return hdf5::File::open(path);
  return hdf5::File::from_bytes(hdf5::File::open(folder).read<std::uint8_t>(entry(path)),
                                path.string());
}

}  // namespace rankwise
