// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "experiments/policy/policy_library.h"
#include "sim/check.h"
#include "sim/config_error.h"
#include "subsystems/scheduling/policies/multi_queue_shinjuku.h"
#include "subsystems/scheduling/policies/policy_module.h"

// Both sides of the border between the program and a policy in a library. Arbitrary bytes are the
// module that a library could show: it is refused with a ConfigError of one line, or has all that
// will be called. The rest of the bytes are parameters, as lines of name=value, and calls for a
// policy behind the border, from which no exception comes.

namespace experiments {
namespace {

using scheduling::Instant;

/// Asks for a parameter of each kind.
class Curious : public scheduling::MultiQueueShinjuku {
 public:
  explicit Curious(const scheduling::Settings& settings)
      : MultiQueueShinjuku(settings.time("slice", Instant{1'000'000}),
                           settings.times("slos", {Instant{1}, Instant{2}})) {
    settings.text("text", "");
    settings.whole("whole", 0);
    settings.number("number", 0);
    settings.flag("flag", false);
  }
};

struct Input {
  std::span<const std::uint8_t> left;

  template <class T>
  T take() {
    T value{};
    const std::size_t size = std::min(sizeof value, left.size());
    std::memcpy(&value, left.data(), size);
    left = left.subspan(size);
    return value;
  }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(left.data()), left.size()};
  }
};

/// Numbers as the bytes say; pointers are right, or null where they say so.
WavesimPolicyModule module_of(Input& input, const char* name) {
  WavesimPolicyModule module = scheduling::module_of<Curious>(name);
  const auto changes = input.take<std::uint16_t>();
  const auto changed = [&](int bit) { return (changes >> bit & 1) != 0; };
  if (changed(0)) module.abi_version = input.take<std::uint32_t>();
  if (changed(1)) module.struct_size = input.take<std::uint32_t>();
  if (changed(2)) module.features = input.take<std::uint64_t>();
  if (changed(3)) module.name = nullptr;
  if (changed(4)) module.version = nullptr;
  if (changed(5)) module.built_by = nullptr;
  if (changed(6)) module.create = nullptr;
  if (changed(7)) module.destroy = nullptr;
  if (changed(8)) module.runnable = nullptr;
  if (changed(9)) module.gone = nullptr;
  if (changed(10)) module.pick = nullptr;
  if (changed(11)) module.reads_words = nullptr;
  if (changed(12)) module.word = nullptr;
  if (changed(13)) module.slice = nullptr;
  if (changed(14)) module.blocks = [] { return std::uint64_t{0}; };
  return module;
}

bool is_line(std::string_view text) {
  return !text.empty() && text.find('\n') == std::string_view::npos;
}

void show(const WavesimPolicyModule& module) {
  try {
    require_usable(&module);
    SIM_CHECK(module.create && module.destroy && module.runnable && module.gone && module.pick);
    SIM_CHECK(module.reads_words && module.word && module.slice && module.name);
  } catch (const sim::ConfigError& error) {
    SIM_CHECK(is_line(in_one_line(error.what())));
  }
}

std::map<std::string, std::string> parameters_in(std::string_view text) {
  std::map<std::string, std::string> all;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    all.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return all;
}

/// Threads are small numbers: the program counts them itself.
void call(const WavesimPolicyModule& module, void* policy, Input input) {
  WavesimFailure failure{};
  while (!input.left.empty()) {
    const auto what = input.take<std::uint8_t>();
    const std::int32_t thread = input.take<std::uint8_t>();
    const std::int64_t number = input.take<std::uint32_t>();
    std::int32_t given = -1;
    std::int64_t slice = 0;
    switch (what % 5) {
      case 0:
        module.runnable(policy, thread, static_cast<std::int32_t>(what / 5 % 4), number, &failure);
        break;
      case 1:
        module.gone(policy, thread, &failure);
        break;
      case 2:
        if (module.pick(policy, 0, number, &given, &failure) == WAVESIM_POLICY_YES)
          SIM_CHECK(0 <= given && given < 256);
        break;
      case 3:
        module.word(policy, thread, static_cast<std::uint64_t>(number), &failure);
        break;
      default:
        module.slice(policy, &slice, &failure);
    }
  }
}

void use(const WavesimPolicyModule& module, const Input& input) {
  const auto parameters = parameters_in(input.text());
  std::vector<WavesimSetting> all;
  for (const auto& [name, value] : parameters) all.push_back({name.c_str(), value.c_str()});
  const WavesimSettings settings{all.size(), all.data()};
  WavesimFailure failure{};
  void* const policy = module.create(&settings, &failure);
  if (policy == nullptr) {
    SIM_CHECK(strnlen(failure.why, sizeof failure.why) < sizeof failure.why);
    return;
  }
  call(module, policy, input);
  module.destroy(policy);
}

}  // namespace
}  // namespace experiments

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  experiments::Input input{{data, size}};
  const std::string name = "from bytes";
  experiments::show(experiments::module_of(input, name.c_str()));
  experiments::use(scheduling::module_of<experiments::Curious>("curious"), input);
  return 0;
}
