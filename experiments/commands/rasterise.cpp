// SPDX-License-Identifier: Apache-2.0
#include "experiments/commands/rasterise.h"

#include <cstdio>
#include <spawn.h>
#include <sys/wait.h>
#include <vector>

#include "experiments/commands/output.h"
#include "sim/config_error.h"
#include "sim/output_file.h"

extern char** environ;

namespace commands {
namespace {

constexpr const char* kDotsPerInch = "300";

/// Goes away whatever happens.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)) {}
  ~Temporary() { std::remove(path_.c_str()); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Its exit code; what cannot be started has one that is not 0 either.
int exit_code_of(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t process = 0;
  if (posix_spawnp(&process, arguments[0], nullptr, nullptr, arguments.data(), environ) != 0)
    return -1;
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

void rasterise(const std::string& svg, const std::string& format, const std::string& path) {
  sim::PartialFile picture(path);
  const Temporary drawing(picture.path() + ".svg");
  deliver(drawing.path(), svg);
  const int code = exit_code_of({"rsvg-convert", "--format", format, "--dpi-x", kDotsPerInch,
                                 "--dpi-y", kDotsPerInch, "--background-color", "white", "--output",
                                 picture.path(), drawing.path()});
  if (code != 0)
    throw sim::ConfigError(sim::Where{.file = path, .path = {}},
                           "cannot be made: rsvg-convert did not answer",
                           "install Debian's librsvg2-bin, or choose a name that ends in .svg");
  picture.become_final();
}

}  // namespace commands
