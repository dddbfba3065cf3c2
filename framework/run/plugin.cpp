#include "framework/run/plugin.h"

#include "framework/adapter/variant.h"
#include "framework/core/hash.h"
#include "framework/io/atomic_file.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

namespace rankwise {

namespace {

namespace fs = std::filesystem;

// By variant. Like the registries it lives as long as the program.
std::map<std::string, Plugin>& plugins() {
  static std::map<std::string, Plugin> by_variant;
  return by_variant;
}

constexpr const char* kBuild = "build it as experiments/plugin_example is";

// "_ZN8rankwise3fooEv" -> "rankwise::foo()"
std::string readable(const std::string& symbol) {
  int status = 0;
  char* name = abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status);
  const std::string text = status == 0 ? name : symbol;
  std::free(name);
  return text;
}

// The loader's reason begins with the file that it is about, and may name a symbol last.
[[noreturn]] void fail_to_load(const fs::path& library, const std::string& reason) {
  constexpr std::string_view kSymbol = "undefined symbol: ";
  const auto symbol = reason.find(kSymbol);
  if (symbol != std::string::npos) {
    const std::string name = reason.substr(symbol + kSymbol.size());
    fail("cannot be loaded, this rankwise lacks what it calls: {}; build it against this version",
         readable(name.substr(0, name.find_first_of(", "))));
  }
  const auto colon = reason.find(": ");
  const std::string about = reason.substr(0, colon);
  check(about != library.string() || fs::exists(library), "there is no such file");
  check(about == library.string() || colon == std::string::npos,
        "cannot be loaded, it needs a library that is not found: {}; install it", about);
  fail("cannot be loaded, it is no shared library for this machine: {}; {}",
       colon == std::string::npos ? reason : reason.substr(colon + 2), kBuild);
}

// The loader maps what the program headers tell of, also beyond the file's end, where reading
// kills.
void check_whole(const fs::path& library) {
  const std::string bytes = read_file(library);
  ElfW(Ehdr) header{};
  if (bytes.size() < sizeof(header)) return;  // the loader refuses it
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (bytes.compare(0, SELFMAG, ELFMAG) != 0 || header.e_phentsize != sizeof(ElfW(Phdr))) return;
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    const std::size_t at = header.e_phoff + i * sizeof(ElfW(Phdr));
    ElfW(Phdr) part{};
    const bool there = at + sizeof(part) <= bytes.size();
    if (there) std::memcpy(&part, bytes.data() + at, sizeof(part));
    check(there && part.p_offset + part.p_filesz <= bytes.size(),
          "is cut short, it ends after {} bytes; copy it again, or build it anew", bytes.size());
  }
}

void load_plugin(const fs::path& library) {
  const std::vector<std::string> before = variants().names();
  const bool here = fs::exists(library);  // else the loader looks into the system's folders
  check(here || !library.has_parent_path(), "there is no such file");
  if (here) check_whole(library);
  const std::string sha256 = here ? sha256_file(library) : std::string();
  // RTLD_GLOBAL is not needed: the registries live in librankwise, which is loaded once.
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) fail_to_load(library, dlerror());
  check_registrations();
  for (const std::string& name : variants().names()) {
    if (std::find(before.begin(), before.end(), name) == before.end()) {
      plugins()[name] = {library, sha256};
    }
  }
  check(variants().names().size() > before.size(), "registers no variant; {}", kBuild);
}

// A name without a folder is a file here, not one of the system's libraries.
fs::path located(const std::string& library) {
  return fs::exists(library) ? fs::weakly_canonical(library) : fs::path(library);
}

}  // namespace

void load_plugins(const std::vector<std::string>& libraries) {
  std::set<fs::path> loaded;
  for (const auto& [variant, plugin] : plugins()) loaded.insert(plugin.path);
  for (const std::string& library : libraries) {
    const fs::path path = located(library);
    if (!loaded.insert(path).second) continue;
    try {
      load_plugin(path);
    } catch (const Error& error) {
      fail("plugin {}: {}", library, error.what());
    }
  }
}

const Plugin* plugin_of(const std::string& variant) {
  const auto found = plugins().find(variant);
  return found == plugins().end() ? nullptr : &found->second;
}

}  // namespace rankwise
