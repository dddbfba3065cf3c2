#include "framework/run/trained_parameters.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/core/slug.h"
#include "framework/model/load_weights.h"
#include "framework/record/run_reader.h"
#include "framework/run/parameter_files.h"

#include <fmt/ranges.h>
#include <torch/types.h>

#include <algorithm>
#include <set>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

fs::path parameters_beside(const fs::path& run_file) {
  for (const fs::path& file : {last_parameters_path(run_file), best_parameters_path(run_file)}) {
    if (fs::exists(file)) return file;
  }
  fail(
      "{} has no parameters beside it; train it with \"record\": {{\"parameters\": "
      "\"last\"}}",
      run_file.string());
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

struct RunName {
  std::string study, label, seed;
};

RunName run_name_of(const std::string& text) {
  const auto slash = text.rfind('/');
  const auto dash = text.rfind('-');
  if (slash != text.npos && slash > 0 && dash != text.npos && dash > slash + 1) {
    std::string seed = text.substr(dash + 1);
    if (seed.starts_with('s')) seed.erase(0, 1);
    if (is_number(seed)) {
      return {text.substr(0, slash), text.substr(slash + 1, dash - slash - 1), seed};
    }
  }
  fail(
      "'{}' is neither a run file (.h5), nor a file of parameters (.safetensors), nor "
      "STUDY/LABEL-SEED",
      text);
}

fs::path run_called(const std::string& text, const fs::path& results) {
  const RunName name = run_name_of(text);
  const fs::path folder = results / slug(name.study);
  const std::string start = fmt::format("{}-s{}-", slug(name.label), name.seed);
  std::vector<std::string> found;
  if (fs::is_directory(folder)) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string file = entry.path().filename();
      // Behind the start are ten digits and the ending: "more-s3-0123456789.h5".
      if (file.starts_with(start) && file.size() == start.size() + 13 && file.ends_with(".h5")) {
        found.push_back(file);
      }
    }
  }
  std::sort(found.begin(), found.end());
  check(!found.empty(), "{} has no finished run {}*.h5; train it first, or name a file",
        folder.string(), start);
  check(found.size() == 1, "'{}' may be any of {}; name the file", text, fmt::join(found, ", "));
  return folder / found.front();
}

std::string fact(const safetensors::Reader& reader, const char* name) {
  const auto found = reader.metadata().find(name);
  check(found != reader.metadata().end(),
        "{} does not say its {}; expected a file written under record.parameters",
        reader.path().string(), name);
  return found->second;
}

std::vector<std::string> stored_tasks(const safetensors::Reader& reader) {
  const auto tasks = json::parse(fact(reader, "tasks"), nullptr, false);
  check(tasks.is_array() && std::all_of(tasks.begin(), tasks.end(),
                                        [](const auto& task) { return task.is_string(); }),
        "{}: its tasks are no list of names", reader.path().string());
  return tasks.get<std::vector<std::string>>();
}

// Their rows are the tasks', in order.
void check_tasks(Model& model, const std::vector<std::string>& stored, const fs::path& file) {
  std::vector<std::string> tasks;
  for (const Task& task : model.heads().tasks()) tasks.push_back(task.name);
  if (tasks == stored) return;
  for (const auto& [site, update] : model.adapter().attached()) {
    const Gate* gate = update->gate();
    check(gate == nullptr || !(gate->task_embedding().defined() || gate->selection()),
          "{} holds parameters of the tasks {} at {}, and the run's tasks are {}; take "
          "the same tasks in the same order",
          file.string(), fmt::join(stored, ", "), site.name, fmt::join(tasks, ", "));
  }
}

// A site or a rank more than the model has: it would be another update.
void check_nothing_left(const NamedTensors& state, const std::vector<std::string>& stored,
                        const safetensors::Reader& reader) {
  std::set<std::string> known = head_parameter_names(stored);
  for (const auto& [name, tensor] : state) known.insert(name);
  for (const std::string& name : reader.names()) {
    check(known.contains(name),
          "{} has a tensor {} that the run's model has no place for; take the same "
          "sites and options",
          reader.path().string(), name);
  }
}

// a.safetensors and a.best.safetensors -> a.h5
fs::path run_file_beside(const fs::path& parameters) {
  fs::path name = parameters;
  name.replace_extension();
  if (name.extension() == ".best") name.replace_extension();
  name += ".h5";
  return name;
}

// An imported file's own, or the run file's.
json stored_config(const safetensors::Reader& reader, const json& attributes) {
  const auto found = reader.metadata().find("config");
  if (found != reader.metadata().end()) {
    return parse_json(found->second, reader.path().string() + ": config");
  }
  check(attributes.contains("config"),
        "{} lies beside no run file of its name, which says how it was trained; keep the two "
        "together",
        reader.path().string());
  return attributes.at("config");
}

}  // namespace

fs::path find_parameters(const std::string& name, const fs::path& results) {
  if (!name.ends_with(".safetensors")) {
    const bool run = name.ends_with(".h5");
    const fs::path file = run ? fs::path(name) : run_called(name, results);
    check(fs::exists(file), "{}: no such run file", file.string());
    return parameters_beside(file);
  }
  check(fs::exists(name), "{}: no such file of parameters", name);
  return name;
}

TrainedParameters read_trained(const fs::path& file) {
  const safetensors::Reader reader(file);
  TrainedParameters trained{
      .file = file, .config = {}, .tasks = stored_tasks(reader), .facts = reader.metadata()};
  if (const fs::path run_file = run_file_beside(file); fs::exists(run_file)) {
    trained.run_file = run_file;
    trained.run = RunFile(run_file).attributes();
  }
  trained.config = resolve_run(stored_config(reader, trained.run), file.string());
  return trained;
}

std::vector<std::string> load_parameters(Model& model, const std::string& variant,
                                         const fs::path& file) {
  const safetensors::Reader reader(file);
  const std::string stored_variant = fact(reader, "variant");
  check(stored_variant == variant, "{} holds parameters of variant '{}', and the run's is '{}'",
        file.string(), stored_variant, variant);
  const std::vector<std::string> stored = stored_tasks(reader);
  check_tasks(model, stored, file);
  NamedTensors taken;
  std::vector<std::string> fresh;
  const auto heads = model.heads().named_parameters();
  for (const auto& [name, tensor] : model.state()) {
    if (is_of_training(name)) continue;
    if (heads.contains(name) && !reader.contains(name)) {
      fresh.push_back(name.substr(0, name.rfind('_')));
    } else {
      taken.emplace_back(name, tensor);
    }
  }
  check_nothing_left(model.state(), stored, reader);
  load_tensors(taken, reader);
  for (const auto& attached : model.adapter().attached()) attached.update->restored();
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
  return fresh;
}

}  // namespace rankwise
