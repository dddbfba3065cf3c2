#include "framework/record/run_archive.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"

#include <cstdint>

namespace rankwise {
namespace {

constexpr const char* kRuns = "/run";

std::string entry(const std::filesystem::path& run) {
  return std::string(kRuns) + "/" + run.filename().string();
}

void write_runs(const std::filesystem::path& file_path, const std::filesystem::path& name,
                const std::map<std::string, std::filesystem::path>& runs) {
  hdf5::File file = hdf5::File::create(file_path, name);
  for (const auto& [run, path] : runs) {
    const std::string bytes = read_file(path);
    file.write_deflated(entry(run), {bytes.begin(), bytes.end()});
  }
  file.close();
}

}  // namespace

void write_archive(const std::filesystem::path& archive,
                   const std::map<std::string, std::filesystem::path>& runs) {
  create_parent_folder(archive);
  std::filesystem::path temporary = archive;
  temporary += ".new";
  try {
    write_runs(temporary, archive, runs);
  } catch (const Error&) {
    std::error_code ignored;  // the first failure is the one to show
    std::filesystem::remove(temporary, ignored);
    throw;
  }
  commit_file(temporary, archive);
}

std::string archived_name(const std::filesystem::path& run) {
  const std::string name = run.filename().string();
  return name.ends_with(".h5") ? name.substr(0, name.size() - 3) : name;
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
