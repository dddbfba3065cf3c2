// Token files, as scripts/prepare writes them.

#include "framework/data/token_file.h"
#include "framework/io/hdf5.h"
#include "tests/fuzz/hdf5_input.h"

namespace {

using rankwise::hdf5::File;

template <class T>
void write(File& file, const std::string& path, const std::vector<T>& values) {
  file.write(path, {values.size()}, values);
}

void write_split(File& file, const std::string& group) {
  write<std::int32_t>(file, group + "/tokens", {1, 2, 3, 4, 5});
  write<std::uint8_t>(file, group + "/segments", {0, 0, 1, 0, 1});
  write<std::int64_t>(file, group + "/starts", {0, 2, 5});
  write<std::int64_t>(file, group + "/groups", {0, 1, 2});
  write<double>(file, group + "/target", {0, 0});
  write<std::int32_t>(file, group + "/answer_tokens", {6, 7, 8});
  write<std::int64_t>(file, group + "/answer_starts", {0, 1, 3});
  write<std::int64_t>(file, group + "/answer_bytes", {3, 4});
  file.write_strings(group + "/program_head", {"def f():", "x"});
  file.write_strings(group + "/program_tail", {"f()", ""});
}

void write_task(File& file, const std::string& name, std::int64_t index) {
  const std::string group = "/tasks/" + name;
  file.create_group(group);
  for (const auto& [key, value] : {std::pair("family", "toy"), std::pair("kind", "generate"),
                                   std::pair("metrics", R"(["exact_match"])"),
                                   std::pair("labels", "[]"), std::pair("answers", "likelihood"),
                                   std::pair("loss_on", "answer"), std::pair("read", "plain")}) {
    file.set_attribute(group, key, std::string(value));
  }
  file.set_attribute(group, "index", index);
  file.set_attribute(group, "classes", std::int64_t{1});
  for (const char* split : {"train", "dev", "test"}) write_split(file, group + "/" + split);
}

void write_token_file(const std::filesystem::path& path) {
  File file = File::create(path);
  file.set_attribute("/", "format", std::string("rankwise-tokens"));
  file.set_attribute("/", "version", std::int64_t{2});
  file.set_attribute("/", "suite", std::string("toys"));
  file.set_attribute("/", "vocabulary", std::int64_t{9});
  file.set_attribute("/", "end_token", std::int64_t{2});
  file.create_group("/token_bytes");
  write<std::uint8_t>(file, "/token_bytes/bytes", {'a', 'b', 'c', 'd'});
  write<std::int64_t>(file, "/token_bytes/starts", {0, 0, 1, 1, 2, 3, 3, 4, 4, 4});
  file.set_attribute("/token_bytes", "strips_space", std::int64_t{0});
  write_task(file, "first", 0);
  write_task(file, "second", 1);
  file.close();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  rankwise::fuzz::write_seed(write_token_file);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto& file = rankwise::fuzz::input_file(data, size, ".h5");
  return rankwise::fuzz::answered([&] {
    rankwise::token_file_tokenizer(file);
    const rankwise::Dataset dataset = rankwise::read_token_file(file, {});
    for (const rankwise::TaskData& task : dataset.tasks) {
      for (const std::int32_t token : task.train.tokens) dataset.token_texts.of(token);
    }
  });
}
