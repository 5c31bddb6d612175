// SPDX-License-Identifier: Apache-2.0
#include "experiments/policy/policy_library.h"

#include <cerrno>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

#include "experiments/text/hash_text.h"
#include "sim/config_error.h"
#include "sim/output_file.h"
#include "sim/random.h"
#include "sim/wording.h"

namespace experiments {
namespace {

constexpr const char* kBuildAgain =
    "build it again with this wavesim's headers (docs/writing_a_policy.md)";

[[noreturn]] void refuse_library(const std::string& why, const std::string& remedy) {
  throw sim::ConfigError("", why, remedy);
}

/// All of the file. A shared object is not large.
std::string read_library(const std::string& file) {
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown))
    refuse_library("is a folder", "name a shared object");
  if (sim::is_device(file)) refuse_library("is no regular file", "name a shared object");
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad())
    refuse_library(sim::in_quotes(file) + " cannot be read: " + std::strerror(errno),
                   "check the name");
  return bytes;
}

/// Of the file's bytes: another build of the same source is another policy.
std::string hash_of_library(const std::string& bytes) {
  return hash_text(sim::hash_name(bytes));
}

std::string last_error() {
  const char* const why = dlerror();
  return in_one_line(why != nullptr ? why : "no reason is known");
}

struct Close {
  void operator()(void* handle) const { dlclose(handle); }
};
using Handle = std::unique_ptr<void, Close>;

Handle load_library(const std::string& file) {
  const std::string path = std::filesystem::absolute(file);  // no search along library paths
  Handle handle(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (!handle) refuse_library("cannot be loaded: " + last_error(), "build it for this machine");
  return handle;
}

const WavesimPolicyModule* module_in(const Handle& handle) {
  void* const entry = dlsym(handle.get(), WAVESIM_POLICY_ENTRY);
  if (entry == nullptr)
    refuse_library("is a shared object, but no policy: it has no " WAVESIM_POLICY_ENTRY,
                   "put WAVESIM_POLICY(Class, \"name\") into one of its sources");
  return reinterpret_cast<WavesimPolicyEntry>(entry)();
}

bool is_line(const char* text, std::size_t least) {
  constexpr std::size_t kMost = 4096;
  if (text == nullptr) return false;
  const std::size_t length = strnlen(text, kMost);
  return least <= length && length < kMost;
}

}  // namespace

std::string in_one_line(std::string_view text) {
  constexpr std::size_t kMost = 300;
  std::string line(text.substr(0, kMost));
  for (char& c : line)
    if (c < ' ' || c > '~') c = '?';
  return text.size() > kMost ? line + "..." : line;
}

void require_usable(const WavesimPolicyModule* module) {
  if (module == nullptr) refuse_library("has a policy module that is null", kBuildAgain);
  if (module->abi_version != WAVESIM_POLICY_ABI)
    refuse_library(
        fmt::format("speaks version {} of the policy interface, and this wavesim speaks {}",
                    module->abi_version, WAVESIM_POLICY_ABI),
        kBuildAgain);
  if (module->struct_size != sizeof(WavesimPolicyModule))
    refuse_library(
        fmt::format("has a policy module of {} bytes, where version {} has {}", module->struct_size,
                    WAVESIM_POLICY_ABI, sizeof(WavesimPolicyModule)),
        kBuildAgain);
  if ((module->features & ~WAVESIM_POLICY_METERED) != 0)
    refuse_library(fmt::format("needs features {:#x} that this wavesim does not have",
                               module->features & ~WAVESIM_POLICY_METERED),
                   kBuildAgain);
  if (!is_line(module->name, 1) || !is_line(module->version, 0) || !is_line(module->built_by, 0))
    refuse_library("has a policy module without a name, a version or a compiler", kBuildAgain);
  const bool complete = module->create != nullptr && module->destroy != nullptr &&
                        module->runnable != nullptr && module->gone != nullptr &&
                        module->pick != nullptr && module->reads_words != nullptr &&
                        module->word != nullptr && module->slice != nullptr;
  const bool counts = (module->features & WAVESIM_POLICY_METERED) != 0;
  if (!complete || counts != (module->blocks != nullptr))
    refuse_library("has a policy module in which functions are missing", kBuildAgain);
}

std::shared_ptr<const PolicyLibrary> PolicyLibrary::open(const std::string& file) {
  const std::string bytes = read_library(file);
  if (!bytes.starts_with("\x7f"
                         "ELF"))
    refuse_library(sim::in_quotes(file) + " is not a shared object", "name the .so that was built");
  Handle handle = load_library(file);
  const WavesimPolicyModule* const module = module_in(handle);
  require_usable(module);
  return std::shared_ptr<const PolicyLibrary>(
      new PolicyLibrary(handle.release(), module, hash_of_library(bytes)));
}

PolicyLibrary::PolicyLibrary(void* handle, const WavesimPolicyModule* module,
                             const std::string& hash)
    : handle_(handle),
      module_(module),
      build_{.name = in_one_line(module->name),
             .version = in_one_line(module->version),
             .built_by = in_one_line(module->built_by),
             .hash = hash} {}

PolicyLibrary::~PolicyLibrary() {
  dlclose(handle_);
}

}  // namespace experiments
