// SPDX-License-Identifier: Apache-2.0
#include "models/fabric/program.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <span>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace fabric {
namespace {

/// Calls `call` again as long as signals interrupt it.
template <class F>
auto uninterrupted(F call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// Closes itself.
class File {
 public:
  explicit File(int number) : number_(number) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

/// What the new process is to be like: a socket for its input and output, and deaf to the terminal:
/// what becomes of an interrupted run is ours to decide.
class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, socket, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes_);
    ::sigset_t deaf;
    ::sigemptyset(&deaf);
    ::sigaddset(&deaf, SIGINT);
    ::posix_spawnattr_setsigmask(&attributes_, &deaf);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  ::pid_t spawn(const std::string& path) const {
    std::string name = path;
    const std::array<char*, 2> arguments{name.data(), nullptr};
    ::pid_t child = 0;
    const int error =
        ::posix_spawn(&child, path.c_str(), &actions_, &attributes_, arguments.data(), environ);
    if (error != 0) throw std::system_error(error, std::generic_category(), path);
    return child;
  }

 private:
  ::posix_spawn_file_actions_t actions_{};
  ::posix_spawnattr_t attributes_{};
};

/// `write_some(bytes)` writes as many as it can.
template <class F>
bool write_all(const Words& words, F write_some) {
  auto bytes = std::as_bytes(std::span(words.all()));
  while (!bytes.empty()) {
    const ::ssize_t written = uninterrupted([&] { return write_some(bytes); });
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

bool write_words(int file, const Words& words) {
  return write_all(words, [file](auto bytes) { return ::write(file, bytes.data(), bytes.size()); });
}

Words read_words(int file) {
  constexpr std::size_t kAtOnce = 4096;
  std::vector<std::int64_t> words;
  std::size_t bytes = 0;
  for (;;) {
    words.resize((bytes + kAtOnce) / sizeof(std::int64_t) + 1);
    char* const place = reinterpret_cast<char*>(words.data()) + bytes;
    const ::ssize_t read = uninterrupted([&] { return ::read(file, place, kAtOnce); });
    if (read <= 0) break;
    bytes += static_cast<std::size_t>(read);
  }
  words.resize(bytes / sizeof(std::int64_t));
  return Words(std::move(words));
}

Words ask_program(const std::string& path, const Words& question) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  File ours(ends[0]);
  File theirs(ends[1]);
  const ::pid_t child = SpawnSettings(theirs.number()).spawn(path);
  theirs.close();
  // A program that has died already is found out about below, and not by a signal.
  write_all(question, [&](auto bytes) {
    return ::send(ours.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  });
  ::shutdown(ours.number(), SHUT_WR);
  Words answer = read_words(ours.number());
  int status = 0;
  uninterrupted([&] { return ::waitpid(child, &status, 0); });
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error(path + " failed");
  return answer;
}

}  // namespace fabric
