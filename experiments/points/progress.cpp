// SPDX-License-Identifier: Apache-2.0
#include "experiments/points/progress.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>
#include <unistd.h>

#include "experiments/text/say.h"

namespace experiments {
namespace {

constexpr auto kBetweenUpdates = std::chrono::milliseconds{200};
constexpr const char* kEraseLine = "\r\033[K";

bool is_terminal() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && terminal != nullptr && std::string_view(terminal) != "dumb";
}

std::string time_left(double seconds) {
  const auto whole = static_cast<long>(std::ceil(seconds));
  if (whole < 120) return fmt::format("{} s left", whole);
  return fmt::format("{} min left", (whole + 59) / 60);
}

}  // namespace

std::string progress_text(const Progress& progress) {
  std::string count = fmt::format("{}/{} runs", progress.done, progress.total);
  if (progress.done == 0 || progress.elapsed.count() <= 0) return count;
  const double rate = static_cast<double>(progress.done) / progress.elapsed.count();
  const auto left = static_cast<double>(progress.total - progress.done);
  return fmt::format("{}, {:.3g}/s, {}", count, rate, time_left(left / rate));
}

ProgressLine::ProgressLine() : wanted_(is_terminal()) {}

ProgressLine::~ProgressLine() {
  hide();
}

void ProgressLine::show(const Progress& progress) {
  const auto now = Clock::now();
  if (!wanted_ || now < next_) return;
  next_ = now + kBetweenUpdates;
  say("{}{}", kEraseLine, progress_text(progress));
  std::fflush(stderr);
}

void ProgressLine::hide() {
  if (wanted_) std::fputs(kEraseLine, stderr);
}

}  // namespace experiments
