#include "framework/record/schema.h"

#include "framework/core/error.h"
#include "framework/record/summary_schema.h"

#include <algorithm>

namespace rankwise::schema {
namespace {

/// "[E, T, R]" -> {"E", "T", "R"}
std::vector<std::string> dimensions(std::string_view shape) {
  std::vector<std::string> names;
  std::string name;
  for (const char letter : shape) {
    if (letter == '[' || letter == ' ') continue;
    if (letter != ',' && letter != ']') {
      name += letter;
      continue;
    }
    names.push_back(name);
    name.clear();
  }
  return names;
}

/// Small enough that a run of few evaluations stays a small file.
std::uint64_t rows_per_chunk(const Slot& slot) {
  constexpr std::uint64_t kBytesPerChunk = 2048;
  const std::uint64_t row = hdf5::element_count(slot.shape) * hdf5::bytes_per_element(slot.type);
  return std::max<std::uint64_t>(1, kBytesPerChunk / row);
}

constexpr std::string_view kIntroduction = R"(# The run file

One HDF5 file per run, made to be read by anything: `h5py`, pandas, `rankwise`. Below it: the summary of a study. This page is made from
`schema_paths.cpp` and `summary_schema.cpp` of `framework/record`; change the tables there.

While a run goes on its file is called `<name>.h5.partial`: it can be read at any time (open it with
`h5py.File(path, "r", swmr=True)`), and after a kill it holds every flushed step. A finished run's is
`<name>.h5`, a failed one's `<name>.failed.h5` with what it had recorded.

Beside it lie the trained parameters that `record.parameters` asks for, in the safetensors format:
`<name>.safetensors` those of the last step, `<name>.best.safetensors` those of the best evaluation
on dev. Their metadata say what they are, each as text: `variant`; `options` (JSON); `scale` of the
update scale · B diag(g) A where it has one (JSON: a number, or an object by site where sites
differ); `tasks` (JSON list, in the order of rows that belong to tasks); `parameters`, which is
`last` or `best`; `step`; and `config_hash`. A run that was cut also left
`<name>.checkpoint.safetensors` and the one before it, `<name>.checkpoint-1.safetensors`: the same
command resumes it, with the bits of a run that was not cut.

Attributes are written `object@name`; `/@seed` is `file.attrs["seed"]`. Those of type JSON are text;
bool is stored as uint8. Strings are UTF-8 of variable length. Arrays are row-major. A path whose
numbers are missing (a method without ranks, without a bias, a suite that knows no truth) is absent.

| letter | size |
|---|---|
| S | training steps; the rows of `/train/step` count, where a kill left neighbours longer |
| E | evaluations; the rows of `/evaluation/step` count, likewise |
| T, L | tasks, sites |
| R, D | ranks of the site, width of its embedding |
| n | sampled sequences |
| G, W | examples of the split, values an example; a W of 1 is left out |
| C | their answers, several an example where it has candidates |
| X, Y | generated texts, one or several an example, and those that were wanted |
| in, out | widths of the site's linear |
| K | planted directions of the site, at most 16 |

)";

}  // namespace

std::string with_names(std::string pattern, const Names& names) {
  for (const auto& [name, value] : names) {
    const std::string placeholder = "<" + name + ">";
    const auto start = pattern.find(placeholder);
    if (start != std::string::npos) pattern.replace(start, placeholder.size(), value);
  }
  return pattern;
}

Slot slot(std::string_view pattern, const Names& names, const Sizes& sizes) {
  const auto& all = paths();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Path& path) { return path.path == pattern; });
  check(found != all.end(), "the run file's schema has no path '{}'", pattern);
  Slot slot{.path = with_names(found->path, names),
            .type = hdf5::type_from_string(found->type),
            .shape = {}};
  for (const std::string& dimension : dimensions(found->shape)) {
    if (dimension == "S" || dimension == "E") {
      slot.grows = true;
      continue;
    }
    const std::uint64_t size = sizes.at(dimension);
    if (dimension == "W" && size == 1) continue;  // one value an example needs no dimension
    slot.shape.push_back(size);
  }
  return slot;
}

hdf5::Dataset create(hdf5::File& file, const Slot& slot) {
  if (!slot.grows) return file.create_dataset(slot.path, slot.type, slot.shape);
  return file.create_extensible(slot.path, slot.type, slot.shape, rows_per_chunk(slot));
}

hdf5::Dataset open(const hdf5::File& file, const Slot& slot) {
  hdf5::Dataset dataset = file.dataset(slot.path);
  const hdf5::Shape stored = dataset.shape();
  const auto first = stored.begin() + (slot.grows && !stored.empty() ? 1 : 0);
  const hdf5::Shape found(first, stored.end());
  check(found == slot.shape, "{}: {} has shape {}, expected {}", dataset.place().text(),
        slot.grows ? "a row" : "it", hdf5::to_string(found), hdf5::to_string(slot.shape));
  return dataset;
}

std::string markdown_table(const std::vector<Path>& paths) {
  std::string text = "| path | shape | type | meaning |\n|---|---|---|---|\n";
  for (const Path& path : paths) {
    text += fmt::format("| `{}` | {} | {} | {} |\n", path.path, path.shape, path.type, path.text);
  }
  return text;
}

std::string markdown() {
  return std::string(kIntroduction) +
         fmt::format("Schema version {}.\n\n{}", kVersion, markdown_table(paths())) +
         summary_markdown();
}

}  // namespace rankwise::schema
