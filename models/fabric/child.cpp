// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/child.h"

#include <array>
#include <cerrno>
#include <span>
#include <sys/types.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "sim/check.h"

namespace fabric {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Calls `call` again as long as signals interrupt it.
template <class F>
auto uninterrupted(F call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

bool write_all(int pipe, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        uninterrupted([&] { return ::write(pipe, bytes.data(), bytes.size()); });
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

/// Until the other side closes it. Signals of the caller's do not end it.
std::vector<std::int64_t> read_all(int pipe) {
  std::vector<std::int64_t> words;
  std::size_t bytes = 0;
  for (;;) {
    constexpr std::size_t kAtOnce = 4096;
    words.resize((bytes + kAtOnce) / sizeof(std::int64_t) + 1);
    char* const place = reinterpret_cast<char*>(words.data()) + bytes;
    const ssize_t read = uninterrupted([&] { return ::read(pipe, place, kAtOnce); });
    if (read <= 0) break;
    bytes += static_cast<std::size_t>(read);
  }
  words.resize(bytes / sizeof(std::int64_t));
  return words;
}

/// No destructors and no buffers of the parent's: it leaves by _exit.
[[noreturn]] void be_the_child(const std::function<Words()>& work, int pipe) noexcept {
  const Words said = work();
  ::_exit(write_all(pipe, std::as_bytes(std::span(said.all()))) ? 0 : 1);
}

}  // namespace

void Words::put(const std::string& text) {
  put(static_cast<std::int64_t>(text.size()));
  for (const char c : text) put(std::int64_t{c});
}

std::int64_t Words::number() {
  SIM_CHECK(next_ < words_.size());
  return words_[next_++];
}

std::string Words::text() {
  std::string text(static_cast<std::size_t>(number()), ' ');
  for (char& c : text) c = static_cast<char>(number());
  return text;
}

Words in_child_process(const std::function<Words()>& work) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) fail("pipe");
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) be_the_child(work, ends[1]);
  ::close(ends[1]);
  Words said(read_all(ends[0]));
  ::close(ends[0]);
  int status = 0;
  if (uninterrupted([&] { return ::waitpid(child, &status, 0); }) < 0) fail("waitpid");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error("the process that ran SimGrid failed");
  return said;
}

}  // namespace fabric
