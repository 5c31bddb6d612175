// SPDX-License-Identifier: Apache-2.0
#include "native/agent_launcher.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "native/sleep_flag.h"
#include "native/system_error.h"
#include "sim/check.h"

namespace native {

bool run_agent(const AgentParts& parts, int place) try {
  Runtime runtime(parts.memory, parts.layout, place, parts.clock, parts.spin);
  const std::unique_ptr<wave::Program> program = parts.make(runtime);
  runtime.say_ready();
  program->run();
  return true;
} catch (const std::exception& error) {
  parts.failure->note(error);
  return false;
}

void ask_to_leave(const AgentParts& parts, int place) {
  const Place its = parts.layout.place(place);
  // seq_cst, as whatever an agent polls: it may be about to sleep.
  parts.memory.at(its.leaving()).store(1, std::memory_order_seq_cst);
  SleepFlag(parts.memory.half(its.asleep())).wake();
}

namespace {

/// A process by a descriptor, which no other process can take over.
class Pidfd {
 public:
  explicit Pidfd(pid_t pid) : fd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {
    if (fd_ < 0) throw_system_error("pidfd_open");
  }
  ~Pidfd() { ::close(fd_); }
  Pidfd(const Pidfd&) = delete;
  Pidfd& operator=(const Pidfd&) = delete;

  bool ended() const {
    pollfd poll{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, 0) > 0;
  }
  void signal(int number) const { ::syscall(SYS_pidfd_send_signal, fd_, number, nullptr, 0); }

 private:
  int fd_;
};

/// Keys in a terminal reach all of its processes, and so does what ends a process group, as timeout
/// does. The host knows what to do about them, and takes these with it.
void leave_signals_to_host(pid_t host) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != host) ::_exit(0);  // it died before that took effect
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  std::signal(SIGABRT, SIG_DFL);
}

[[noreturn]] void be_agent(const AgentParts& parts, int place) {
  ::_exit(run_agent(parts, place) ? 0 : 1);
}

/// The parent of all agents: a process with one thread, so that its copies are whole.
[[noreturn]] void be_nursery(const AgentParts& parts, int socket, pid_t host) {
  leave_signals_to_host(host);
  const pid_t self = ::getpid();
  int place = 0;
  while (::read(socket, &place, sizeof place) == sizeof place) {
    // Not before: the host may still want to look at them by their numbers.
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(socket);
      leave_signals_to_host(self);
      be_agent(parts, place);
    }
    if (::write(socket, &child, sizeof child) != sizeof child) break;
  }
  ::_exit(0);
}

class ProcessLauncher : public AgentLauncher {
 public:
  explicit ProcessLauncher(const AgentParts& parts) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw_system_error("socketpair");
    socket_ = ends[0];
    const pid_t host = ::getpid();
    std::fflush(nullptr);  // what is yet to be written is the host's to write
    nursery_ = ::fork();
    if (nursery_ < 0) throw_system_error("fork");
    if (nursery_ == 0) {
      ::close(ends[0]);
      be_nursery(parts, ends[1], host);
    }
    ::close(ends[1]);
  }
  ~ProcessLauncher() override {
    for (int place = 0; place < Layout::kPlaces; ++place) ProcessLauncher::kill(place);
    ::close(socket_);
    while (::waitpid(nursery_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ProcessLauncher(const ProcessLauncher&) = delete;
  ProcessLauncher& operator=(const ProcessLauncher&) = delete;

  void start(int place) override {
    SIM_CHECK(is_free(place));
    pid_t pid = -1;
    if (::send(socket_, &place, sizeof place, MSG_NOSIGNAL) != sizeof place)
      throw_system_error("send");
    ssize_t came = 0;
    while ((came = ::read(socket_, &pid, sizeof pid)) < 0)
      if (errno != EINTR) throw_system_error("read");
    if (came != sizeof pid) throw std::runtime_error("the process that starts agents has ended");
    if (pid < 0) throw_system_error("fork of an agent");
    agent(place).emplace(pid);
  }
  void kill(int place) override {
    if (agent(place)) agent(place)->signal(SIGKILL);
  }
  bool is_free(int place) override {
    if (agent(place) && agent(place)->ended()) agent(place).reset();
    return !agent(place);
  }

 private:
  std::optional<Pidfd>& agent(int place) { return agents_[static_cast<std::size_t>(place)]; }

  int socket_ = -1;
  pid_t nursery_ = -1;
  std::array<std::optional<Pidfd>, Layout::kPlaces> agents_;
};

class ThreadLauncher : public AgentLauncher {
 public:
  explicit ThreadLauncher(AgentParts parts) : parts_(std::move(parts)) {}
  ~ThreadLauncher() override {
    for (int place = 0; place < Layout::kPlaces; ++place) {
      ThreadLauncher::kill(place);
      if (agent(place).thread.joinable()) agent(place).thread.join();
    }
  }
  ThreadLauncher(const ThreadLauncher&) = delete;
  ThreadLauncher& operator=(const ThreadLauncher&) = delete;

  void start(int place) override {
    Agent& a = agent(place);
    if (a.thread.joinable()) a.thread.join();
    a.ended.store(false, std::memory_order_relaxed);
    a.thread = std::thread([this, place, &a] {
      run_agent(parts_, place);
      a.ended.store(true, std::memory_order_release);  // it writes to its place no more
    });
  }
  void kill(int place) override { ask_to_leave(parts_, place); }
  bool is_free(int place) override { return agent(place).ended.load(std::memory_order_acquire); }

 private:
  struct Agent {
    std::thread thread;
    std::atomic<bool> ended = true;
  };
  Agent& agent(int place) { return agents_[static_cast<std::size_t>(place)]; }

  const AgentParts parts_;
  std::array<Agent, Layout::kPlaces> agents_;
};

}  // namespace

std::unique_ptr<AgentLauncher> launch_processes(const AgentParts& parts) {
  return std::make_unique<ProcessLauncher>(parts);
}

std::unique_ptr<AgentLauncher> launch_threads(AgentParts parts) {
  return std::make_unique<ThreadLauncher>(std::move(parts));
}

}  // namespace native
