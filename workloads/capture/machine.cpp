// SPDX-License-Identifier: Apache-2.0
#include "workloads/capture/machine.h"

#include <ctime>
#include <fstream>
#include <sys/utsname.h>
#include <thread>

#include "sim/check.h"

namespace capture {
namespace {

std::string cpu_model() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

/// Present on x86 only; a machine that hides it counts as real hardware.
bool under_hypervisor() {
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string word; cpuinfo >> word;)
    if (word == "hypervisor") return true;
  return false;
}

std::string kernel() {
  utsname name{};
  SIM_CHECK(uname(&name) == 0);
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[sizeof "2000-01-01"];
  std::strftime(text, sizeof text, "%Y-%m-%d", &utc);
  return text;
}

std::string compiler() {
#ifdef __clang__
  return __VERSION__;  // already says "Clang"
#else
  return "GCC " __VERSION__;
#endif
}

}  // namespace

std::map<std::string, std::string> machine_provenance() {
  return {{"cpu", cpu_model()},
          {"cpus", std::to_string(std::thread::hardware_concurrency())},
          {"hypervisor", under_hypervisor() ? "yes" : "no"},
          {"kernel", kernel()},
          {"compiler", compiler()},
          {"date", today()}};
}

std::int64_t stolen_ticks() {
  std::ifstream stat("/proc/stat");
  std::string cpu;
  std::int64_t user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0,
               steal = 0;
  stat >> cpu >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
  return stat ? steal : 0;
}

}  // namespace capture
