// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <exception>
#include <new>

#include "experiments/cli/cli.h"
#include "experiments/commands/exit_code.h"
#include "experiments/commands/signals.h"
#include "sim/config_error.h"

namespace {

int fail(const char* what, commands::ExitCode code) {
  std::fprintf(stderr, "wavesim: %s%s\n",
               code == commands::kInternalError ? "internal error: " : "", what);
  return code;
}

}  // namespace

/// The one place where errors end.
int main(int argc, char** argv) try {
  commands::prepare_signals();
  return experiments::run_command_line(argc, argv);
} catch (const sim::ConfigError& error) {
  return fail(error.what(), commands::kBadInput);
} catch (const std::bad_alloc&) {
  return fail("out of memory", commands::kInternalError);
} catch (const std::exception& error) {
  return fail(error.what(), commands::kInternalError);
}
